package org.pellucid.core.dataset;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.pellucid.core.dataset.DataSet.Item;
import org.pellucid.core.io.TextFiles;
import org.pellucid.graph.MalformedInputException;

/**
 * A folder with {@code images.json}:
 *
 * <pre>{@code
 * {"images": [
 *   {"file": "two-stars.png", "mask": "two-stars.mask.png",
 *    "objects": [{"value": 1, "class": "dotted star", "index": 6, "box": [124, 41, 256, 178]}]}]}
 * }</pre>
 *
 * <p>A mask has the image's size; an object's pixels have its value in grey. Without a mask, the
 * box counts: left, top, right and bottom, the last two exclusive. Class and index may each be
 * missing; further keys are of no interest.
 */
final class MaskedFolder {
  static final String INDEX = "images.json";

  private final Path folder;
  private final JsonFields fields;

  private MaskedFolder(Path folder) {
    this.folder = folder;
    this.fields = new JsonFields(folder.resolve(INDEX));
  }

  static DataSet read(Path folder) {
    return new MaskedFolder(folder).read();
  }

  private DataSet read() {
    JsonElement root = TextFiles.readJson(folder.resolve(INDEX), "data set");
    List<Item> items = new ArrayList<>();
    boolean annotated = false;
    for (JsonObject image : fields.objects(fields.object(root, "it"), "images")) {
      String file = fields.text(image, "file");
      Optional<Path> mask = fields.optionalText(image, "mask").map(this::within);
      List<AnnotatedObject> objects = new ArrayList<>();
      for (JsonObject object : fields.optionalObjects(image, "objects")) {
        objects.add(object(object, mask));
      }
      annotated |= !objects.isEmpty();
      items.add(new Item(file, within(file), Optional.empty(), Annotations.of(objects)));
    }
    return new DataSet("a folder of images with " + INDEX, items, annotated);
  }

  private AnnotatedObject object(JsonObject object, Optional<Path> mask) {
    String category = fields.optionalText(object, "class").orElse("");
    OptionalInt index =
        object.has("index")
            ? OptionalInt.of(fields.whole(object, "index", 0, Integer.MAX_VALUE))
            : OptionalInt.empty();
    if (mask.isPresent() && object.has("value")) {
      int value = fields.whole(object, "value", 1, 255);
      return new AnnotatedObject(category, index, MaskOutline.of(mask.get(), value * 0x010101));
    }
    JsonArray box = fields.array(object, "box");
    double[] edges = fields.numbers(box, "box");
    if (edges.length != 4 || !(edges[2] > edges[0] && edges[3] > edges[1])) {
      throw fields.wrong("box", box, "left, top, right and bottom");
    }
    return new AnnotatedObject(
        category, index, new BoxOutline(edges[0], edges[1], edges[2], edges[3]));
  }

  private Path within(String name) {
    return within(folder, name, folder.resolve(INDEX));
  }

  /**
   * A file of a data set, which names it.
   *
   * @throws MalformedInputException if it lies outside
   */
  static Path within(Path folder, String name, Path source) {
    Path root = folder.toAbsolutePath().normalize();
    Path file;
    try {
      file = root.resolve(name).normalize();
    } catch (java.nio.file.InvalidPathException e) {
      throw new MalformedInputException(source + " names the file \"" + name + "\": " + e, e);
    }
    if (!file.startsWith(root) || file.equals(root)) {
      throw new MalformedInputException(
          source + " names the file \"" + name + "\", which lies outside of " + folder);
    }
    return folder.resolve(root.relativize(file));
  }
}
