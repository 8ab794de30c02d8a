package org.pellucid.core.dataset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.pellucid.core.dataset.DataSet.Item;
import org.pellucid.core.io.FileNames;
import org.pellucid.graph.MalformedInputException;

/** Finds out what a data set is, and reads it. */
final class DataSetReader {
  private final Path path;
  private final Optional<Path> images;

  /** Reads from a path. */
  DataSetReader(Path path, Optional<Path> images) {
    this.path = path;
    this.images = images;
  }

  DataSet read() {
    if (Files.isRegularFile(path)) {
      if (DataSet.isImage(path)) {
        return new DataSet("one image", List.of(Item.of(name(path), path)), false);
      }
      if (name(path).toLowerCase(Locale.ROOT).endsWith(".json")) {
        return CocoReader.read(path, images);
      }
      throw new MalformedInputException(
          "The data set " + path + " is neither a folder, nor annotations of COCO, nor an image");
    }
    if (!Files.isDirectory(path)) {
      throw new MalformedInputException("The data set " + path + " does not exist");
    }
    if (Files.isRegularFile(path.resolve(MaskedFolder.INDEX))) {
      return MaskedFolder.read(path);
    }
    if (VocReader.accepts(path)) {
      return VocReader.read(path);
    }
    List<Path> entries = list(path);
    List<Item> plain = new ArrayList<>();
    boolean masked = false;
    for (Path file : entries) {
      if (DataSet.isImage(file)) {
        Path mask = file.resolveSibling(FileNames.stem(file) + DataSet.MASK);
        boolean has = Files.isRegularFile(mask);
        masked |= has;
        plain.add(
            new Item(
                name(file),
                file,
                Optional.empty(),
                has ? Annotations.of(List.of(anything(mask))) : Annotations.NONE));
      }
    }
    if (!plain.isEmpty()) {
      return new DataSet(
          masked ? "a folder of images with masks" : "a folder of images", plain, masked);
    }
    List<Item> classified = new ArrayList<>();
    for (Path folder : entries) {
      if (Files.isDirectory(folder) && !name(folder).startsWith(".")) {
        for (Path file : list(folder)) {
          if (DataSet.isImage(file)) {
            classified.add(
                new Item(
                    name(folder) + "/" + name(file),
                    file,
                    Optional.of(name(folder)),
                    Annotations.NONE));
          }
        }
      }
    }
    if (classified.isEmpty()) {
      throw new MalformedInputException(
          "The data set "
              + path
              + " has no images, neither itself nor in folders named after classes; PNG, JPEG,"
              + " WebP, GIF and BMP work");
    }
    return new DataSet("a folder per class", classified, false);
  }

  /** What is not black in a mask that comes without a word about classes. */
  private static AnnotatedObject anything(Path mask) {
    return new AnnotatedObject(
        "", OptionalInt.empty(), new MaskOutline(mask, colour -> colour != 0));
  }

  static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  /** The entries of a folder by name. */
  static List<Path> list(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted(Comparator.comparing(DataSetReader::name)).toList();
    } catch (IOException e) {
      throw new MalformedInputException("The folder " + folder + " could not be read: " + e, e);
    }
  }
}
