package org.pellucid.core.dataset;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.pellucid.graph.MalformedInputException;

/**
 * Images with what is known of them.
 *
 * <pre>{@code
 * DataSet examples = DataSet.open(Path.of("examples"));
 * examples.items().forEach(item -> System.out.println(item.name()));
 * }</pre>
 *
 * @param kind what it is, in a few words
 * @param items the images in their order; no two have one name
 * @param annotated whether objects are known, at least of some images
 */
public record DataSet(String kind, List<Item> items, boolean annotated) {
  /** Names end so, in any case. */
  private static final List<String> IMAGES =
      List.of(".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp");

  /** Names of images that are masks of others end so. */
  static final String MASK = ".mask.png";

  /**
   * An image.
   *
   * @param name what results call it: its path within the data set, with slashes
   * @param file where it is
   * @param category the class of the whole image in words, where the data set says so
   * @param annotations its objects
   */
  public record Item(String name, Path file, Optional<String> category, Annotations annotations) {
    /** All are required. */
    public Item {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(file, "file");
      Objects.requireNonNull(category, "category");
      Objects.requireNonNull(annotations, "annotations");
    }

    /** An image of which nothing is known. */
    public static Item of(String name, Path file) {
      return new Item(name, file, Optional.empty(), Annotations.NONE);
    }
  }

  /** Copies the list; there is one image at least. */
  public DataSet {
    items = List.copyOf(items);
    if (items.isEmpty()) {
      throw new MalformedInputException("The data set has no images (" + kind + ")");
    }
    Set<String> names = new HashSet<>();
    for (Item item : items) {
      if (!names.add(item.name())) {
        throw new MalformedInputException(
            "Two images of the data set (" + kind + ") have one name, \"" + item.name() + '"');
      }
    }
  }

  /**
   * Opens a data set and finds out what it is: a folder of images, a folder with a folder of images
   * per class, a folder with masks beside the images, one of Pascal VOC, or a file of COCO's
   * annotations.
   *
   * @throws MalformedInputException if it is missing, damaged, or none of these
   */
  public static DataSet open(Path path) {
    return open(path, Optional.empty());
  }

  /**
   * The same, with the images of COCO's annotations elsewhere.
   *
   * @param images the folder with the images; empty for the one that is found near the annotations
   */
  public static DataSet open(Path path, Optional<Path> images) {
    return new DataSetReader(path, images).read();
  }

  /** The first images. */
  public DataSet first(int count) {
    return new DataSet(kind, items.subList(0, Math.min(count, items.size())), annotated);
  }

  /** Whether a file is an image by its name, and no mask. */
  static boolean isImage(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return !name.startsWith(".")
        && !name.endsWith(MASK)
        && IMAGES.stream().anyMatch(name::endsWith)
        && Files.isRegularFile(file);
  }
}
