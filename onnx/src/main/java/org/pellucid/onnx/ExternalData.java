package org.pellucid.onnx;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.pellucid.graph.MalformedInputException;

/**
 * The files beside a model that hold weights. A file is only opened if it lies in the model's own
 * directory or below, also after links are followed.
 */
final class ExternalData implements Closeable {
  /** A part of a file. */
  record Part(ModelFile file, long offset, long length) {}

  private final Path directory;
  private final Map<String, ModelFile> files = new HashMap<>();

  /** External data of the model at a path. */
  ExternalData(Path model) {
    Path parent = model.toAbsolutePath().getParent();
    this.directory = parent == null ? model.toAbsolutePath() : parent;
  }

  /**
   * Finds a tensor's bytes.
   *
   * @param needed how many bytes the tensor's shape and type ask for
   * @throws MalformedInputException if the entries do not name such a part of a file
   */
  Part locate(OnnxTensor tensor, Map<String, String> entries, long needed) throws IOException {
    String location = entries.get("location");
    if (location == null || location.isEmpty()) {
      throw problem(tensor, "does not say in which file");
    }
    ModelFile file = files.get(location);
    if (file == null) {
      file = open(tensor, location);
      files.put(location, file);
    }
    long offset = number(tensor, entries, "offset", 0);
    if (offset > file.size()) {
      throw problem(
          tensor,
          "at byte " + offset + " of \"" + location + "\", which has " + file.size() + " bytes");
    }
    long length = number(tensor, entries, "length", needed);
    if (length > file.size() - offset) {
      throw problem(
          tensor,
          "in bytes "
              + offset
              + " to "
              + (length > Long.MAX_VALUE - offset ? "beyond counting" : offset + length)
              + " of \""
              + location
              + "\", which has "
              + file.size()
              + " bytes");
    }
    return new Part(file, offset, length);
  }

  private ModelFile open(OnnxTensor tensor, String location) throws IOException {
    Path relative;
    try {
      relative = Path.of(location);
    } catch (InvalidPathException e) {
      throw problem(tensor, "in \"" + location + "\", which is not a file name");
    }
    if (relative.isAbsolute() || location.startsWith("/") || location.startsWith("\\")) {
      throw problem(tensor, "in \"" + location + "\", which is not relative to the model");
    }
    for (Path part : relative) {
      if (part.toString().equals("..")) {
        throw problem(tensor, "in \"" + location + "\", which leaves the model's directory");
      }
    }
    Path path = directory.resolve(relative);
    if (!Files.exists(path)) {
      throw problem(tensor, "in \"" + location + "\", which is not there");
    }
    if (!path.toRealPath().startsWith(directory.toRealPath())) {
      throw problem(
          tensor, "in \"" + location + "\", which is a link that leaves the model's directory");
    }
    if (!Files.isRegularFile(path)) {
      throw problem(tensor, "in \"" + location + "\", which is not a regular file");
    }
    return ModelFile.open(path);
  }

  private static long number(
      OnnxTensor tensor, Map<String, String> entries, String key, long otherwise) {
    String text = entries.get(key);
    if (text == null) {
      return otherwise;
    }
    try {
      long number = Long.parseLong(text.trim());
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below, as a negative number is.
    }
    throw problem(
        tensor, "with " + key + " \"" + text + "\", which is not a whole number of at least 0");
  }

  private static MalformedInputException problem(OnnxTensor tensor, String what) {
    String name = tensor.displayName();
    return new MalformedInputException(
        Character.toUpperCase(name.charAt(0))
            + name.substring(1)
            + " is stored outside of the model file "
            + what);
  }

  @Override
  public void close() throws IOException {
    for (ModelFile file : files.values()) {
      file.close();
    }
  }
}
