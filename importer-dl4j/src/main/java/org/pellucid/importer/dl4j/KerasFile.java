package org.pellucid.importer.dl4j;

import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.exceptions.HdfException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.UnsupportedModelException;

/**
 * The HDF5 file in which Keras keeps a model, read in Java alone from a mapping of the file: what
 * the file says of sizes and places can at worst lead out of the mapping, which fails. Links to
 * other places and other files are not followed, and compressed numbers not unpacked.
 */
final class KerasFile implements AutoCloseable {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
  private static final long LONGEST_CONFIGURATION = 8 << 20;
  private static final long LONGEST_LIST = 8 << 20;

  /** What of the heap weights may fill; the rest is for what is computed with them. */
  private static final double HEAP_FOR_WEIGHTS = 0.7;

  private final HdfFile file;
  private final long bytes;
  private final Group weights;
  private long loaded;

  private KerasFile(HdfFile file, long bytes) {
    this.file = file;
    this.bytes = bytes;
    this.weights = file.getChild("model_weights") instanceof Group group ? group : file;
  }

  /** Whether a file begins as HDF5 files do. */
  static boolean looksLike(Path path) {
    if (!Files.isRegularFile(path)) {
      return false;
    }
    try (var in = Files.newInputStream(path)) {
      return java.util.Arrays.equals(in.readNBytes(SIGNATURE.length), SIGNATURE);
    } catch (IOException | SecurityException e) {
      return false;
    }
  }

  /** Opens a file. */
  static KerasFile open(Path path) throws IOException {
    if (!looksLike(path)) {
      throw new MalformedInputException("\"" + path + "\" does not begin as HDF5 files do");
    }
    try (FileChannel channel = FileChannel.open(path)) {
      long size = channel.size();
      if (size > Integer.MAX_VALUE) {
        throw new UnsupportedModelException("\"" + path + "\" has 2 GB or more");
      }
      ByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, size);
      return guarded("the file", () -> new KerasFile(HdfFile.fromByteBuffer(mapped), size));
    }
  }

  /** What fails inside of the reader is the file's fault. */
  private static <T> T guarded(String what, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (MalformedInputException | UnsupportedModelException | RefusedLayerException e) {
      throw e;
    } catch (RuntimeException
        | StackOverflowError
        | LinkageError
        | java.util.ServiceConfigurationError e) {
      String reason =
          e instanceof HdfException && e.getCause() != null && e.getMessage() == null
              ? String.valueOf(e.getCause().getMessage())
              : String.valueOf(e.getMessage());
      throw new MalformedInputException("The HDF5 of " + what + " is damaged: " + reason, e);
    }
  }

  /**
   * The model's configuration.
   *
   * @throws UnsupportedModelException if the file holds weights alone
   */
  Settings configuration() {
    return guarded(
        "the configuration",
        () -> {
          Attribute attribute = file.getAttribute("model_config");
          if (attribute == null) {
            throw new UnsupportedModelException(
                "The HDF5 file has no model_config, so it is no model of Keras, or holds its"
                    + " weights alone; save the whole model (model.save)");
          }
          requireSmall(attribute, LONGEST_CONFIGURATION);
          if (attribute.getData() instanceof String text) {
            return Settings.parse(text.getBytes(StandardCharsets.UTF_8), "model_config");
          }
          throw new MalformedInputException("The attribute model_config is no text");
        });
  }

  /** The version of Keras that wrote the file. */
  String version() {
    return guarded(
        "the version",
        () -> {
          for (Group group : List.of(file, weights)) {
            Attribute attribute = group.getAttribute("keras_version");
            if (attribute != null
                && attribute.getSize() == 1
                && attribute.getData() instanceof String text) {
              return text;
            }
          }
          return "1";
        });
  }

  private static void requireSmall(Attribute attribute, long most) {
    if (attribute.getSize() < 0
        || attribute.getSize() > most
        || attribute.getSizeInBytes() > most) {
      throw new MalformedInputException(
          "The attribute "
              + attribute.getName()
              + " has "
              + attribute.getSize()
              + " elements in "
              + attribute.getSizeInBytes()
              + " bytes");
    }
  }

  /** The names of a layer's weights, below the layer's group, in Keras's order. */
  List<String> weightNames(String layer) {
    return guarded(
        "layer " + layer,
        () -> {
          Node node = find(weights, layer);
          if (node == null) {
            return List.of();
          }
          List<String> names = new ArrayList<>(texts(node, "weight_names"));
          // A list that is too long for one attribute stands in several.
          for (int part = 0; names.isEmpty() || part > 0; part++) {
            List<String> more = texts(node, "weight_names" + part);
            if (more.isEmpty()) {
              break;
            }
            names.addAll(more);
          }
          return names;
        });
  }

  private static List<String> texts(Node node, String name) {
    Attribute attribute = node.getAttribute(name);
    if (attribute == null || attribute.isEmpty() || attribute.getSize() == 0) {
      return List.of();
    }
    requireSmall(attribute, LONGEST_LIST);
    if (attribute.getData() instanceof String[] texts) {
      return List.of(texts);
    }
    return attribute.getData() instanceof String text ? List.of(text) : List.of();
  }

  /** A part of a group, named by a path; null if there is none. */
  private static Node find(Group from, String path) {
    Node node = from;
    for (String part : path.split("/")) {
      if (part.isEmpty()) {
        continue;
      }
      node = node instanceof Group group ? group.getChildren().get(part) : null;
      if (node == null) {
        return null;
      }
      if (node.isLink()) {
        throw new UnsupportedModelException(
            "In the HDF5 file \"" + path + "\" is a link to another place");
      }
    }
    return node;
  }

  /**
   * Reads a weight, as float32.
   *
   * @param layer the group of the layer
   * @param name its name below the group
   */
  Tensor weight(String layer, String name) {
    return guarded(
        "weight " + layer + "/" + name,
        () -> {
          Node node = find(weights, layer + "/" + name);
          if (node instanceof Dataset dataset) {
            return read(layer + "/" + name, dataset);
          }
          throw new MalformedInputException("There is no weight " + layer + "/" + name);
        });
  }

  private Tensor read(String name, Dataset dataset) {
    int[] dims = dataset.getDimensions();
    long size = 1;
    for (int dim : dims) {
      size = dim < 0 || size < 0 ? -1 : Math.multiplyExact(size, (long) dim);
    }
    int width = dataset.getDataType().getSize();
    if (size < 0 || width < 1 || size > bytes / width || dataset.getStorageInBytes() < size) {
      throw new MalformedInputException(
          "The weight "
              + name
              + " of shape "
              + java.util.Arrays.toString(dims)
              + " is larger than what the file holds of it");
    }
    if (isCompressed(dataset)) {
      throw new UnsupportedModelException(
          "The weight " + name + " is compressed; save the model without compression");
    }
    Class<?> type = dataset.getJavaType();
    if (type != float.class && type != double.class) {
      throw new UnsupportedModelException(
          "The weight " + name + " is of type " + type + "; read are floating numbers");
    }
    loaded += 4 * size;
    if (loaded > Runtime.getRuntime().maxMemory() * HEAP_FOR_WEIGHTS) {
      throw new UnsupportedModelException(
          "The model's weights need more than "
              + (loaded >> 20)
              + " MiB, but the JVM may use no more than "
              + (Runtime.getRuntime().maxMemory() >> 20)
              + " MiB in all; give it more with -Xmx");
    }
    float[] numbers = numbers(dataset.getDataFlat());
    if (numbers.length != size) {
      throw new MalformedInputException(
          "The weight "
              + name
              + " has "
              + numbers.length
              + " numbers where "
              + size
              + " should be");
    }
    for (int i = 0; i < numbers.length; i++) {
      if (!Float.isFinite(numbers[i])) {
        throw new MalformedInputException(
            "The weight " + name + " has the element " + numbers[i] + " at position " + i);
      }
    }
    return Tensor.of(Shape.of(dims), numbers);
  }

  /** Libraries for some kinds of compression are left out, and missed when a file asks for them. */
  private static boolean isCompressed(Dataset dataset) {
    try {
      return !dataset.getFilters().isEmpty();
    } catch (LinkageError | java.util.ServiceConfigurationError e) {
      return true;
    }
  }

  private static float[] numbers(Object flat) {
    if (flat instanceof float[] floats) {
      return floats;
    }
    if (flat instanceof double[] doubles) {
      float[] floats = new float[doubles.length];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (float) doubles[i];
      }
      return floats;
    }
    if (flat instanceof Float single) {
      return new float[] {single};
    }
    return flat instanceof Double single ? new float[] {single.floatValue()} : new float[0];
  }

  @Override
  public void close() {
    file.close();
  }
}
