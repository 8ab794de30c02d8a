package org.pellucid.core.dataset;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.pellucid.core.dataset.DataSet.Item;
import org.pellucid.graph.MalformedInputException;

/**
 * Annotations of COCO: {@code images}, {@code annotations} with {@code bbox} and {@code
 * segmentation} (polygons, or runs as numbers or text), and {@code categories}. Crowds ({@code
 * iscrowd}) are no single objects and left out. An image without annotations takes part, too.
 */
final class CocoReader {
  private static final int LARGEST_SIDE = 1 << 20;

  private final Path file;
  private final JsonFields fields;
  private final Map<Long, Image> images = new HashMap<>();
  private final List<Image> order = new ArrayList<>();
  private final Map<Long, String> categories = new HashMap<>();

  /** By image, its annotations as they are in the file. */
  private final Map<Long, List<JsonObject>> annotations = new HashMap<>();

  private record Image(long id, String name, int width, int height) {}

  private CocoReader(Path file) {
    this.file = file;
    this.fields = new JsonFields(file);
  }

  /**
   * Reads annotations.
   *
   * @param folder with the images; empty for the one near the annotations that has the first
   */
  static DataSet read(Path file, Optional<Path> folder) {
    CocoReader reader = new CocoReader(file);
    reader.parse();
    return reader.dataSet(folder);
  }

  private void parse() {
    try (Reader text = Files.newBufferedReader(file, StandardCharsets.UTF_8);
        JsonReader reader = new JsonReader(text)) {
      reader.setStrictness(Strictness.STRICT);
      reader.beginObject();
      while (reader.hasNext()) {
        String key = reader.nextName();
        boolean wanted =
            key.equals("images") || key.equals("annotations") || key.equals("categories");
        if (!wanted || reader.peek() != JsonToken.BEGIN_ARRAY) {
          reader.skipValue();
          continue;
        }
        reader.beginArray();
        while (reader.hasNext()) {
          take(key, fields.object(JsonParser.parseReader(reader), key));
        }
        reader.endArray();
      }
      reader.endObject();
    } catch (JsonParseException | IOException | IllegalStateException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
      throw new MalformedInputException(
          "The annotations " + file + " are not valid JSON: " + message, e);
    }
  }

  private void take(String key, JsonObject object) {
    if (key.equals("images")) {
      Image image =
          new Image(
              id(object, "id"),
              fields.text(object, "file_name"),
              fields.whole(object, "width", 1, LARGEST_SIDE),
              fields.whole(object, "height", 1, LARGEST_SIDE));
      if (images.put(image.id(), image) != null) {
        throw fields.wrong("id", image.id(), "a number that no other image has");
      }
      order.add(image);
    } else if (key.equals("categories")) {
      categories.put(id(object, "id"), fields.text(object, "name"));
    } else {
      annotations.computeIfAbsent(id(object, "image_id"), id -> new ArrayList<>()).add(object);
    }
  }

  private long id(JsonObject object, String key) {
    double value = fields.number(object.get(key), key);
    if (value != Math.rint(value) || Math.abs(value) > 1L << 53) {
      throw fields.wrong(key, object.get(key), "a whole number");
    }
    return (long) value;
  }

  private DataSet dataSet(Optional<Path> given) {
    if (order.isEmpty()) {
      throw new MalformedInputException(
          "The file " + file + " has no \"images\"; annotations of COCO have");
    }
    for (long id : annotations.keySet()) {
      if (!images.containsKey(id)) {
        throw fields.wrong("image_id", id, "the id of one of the images");
      }
    }
    Path folder = given.orElseGet(this::folder);
    List<Item> items = new ArrayList<>();
    for (Image image : order) {
      List<JsonObject> own = annotations.getOrDefault(image.id(), List.of());
      items.add(
          new Item(
              image.name(),
              MaskedFolder.within(folder, image.name(), file),
              Optional.empty(),
              () -> own.stream().flatMap(object -> read(object, image).stream()).toList()));
    }
    return new DataSet("annotations of COCO", items, !annotations.isEmpty());
  }

  /** Where the first image is: beside the annotations, in a folder there, or in one beside that. */
  private Path folder() {
    Path beside = file.toAbsolutePath().getParent();
    Path above = beside.getParent() == null ? beside : beside.getParent();
    List<Path> candidates = new ArrayList<>(List.of(beside, beside.resolve("images")));
    for (Path parent : List.of(beside, above)) {
      try (Stream<Path> entries = Files.list(parent)) {
        entries.filter(Files::isDirectory).sorted().forEach(candidates::add);
      } catch (IOException e) {
        // A folder that cannot be listed has no images for us.
        continue;
      }
    }
    return candidates.stream()
        .filter(
            folder -> Files.isRegularFile(MaskedFolder.within(folder, order.get(0).name(), file)))
        .findFirst()
        .orElseThrow(
            () ->
                new MalformedInputException(
                    "The image "
                        + order.get(0).name()
                        + " of "
                        + file
                        + " is neither beside it nor in a folder nearby; say where the images are"));
  }

  private Optional<AnnotatedObject> read(JsonObject object, Image image) {
    if (object.has("iscrowd") && fields.whole(object, "iscrowd", 0, 1) == 1) {
      return Optional.empty();
    }
    long category = id(object, "category_id");
    String name = categories.getOrDefault(category, String.valueOf(category));
    return Optional.of(new AnnotatedObject(name, OptionalInt.empty(), outline(object, image)));
  }

  private Outline outline(JsonObject object, Image image) {
    JsonElement segmentation = object.get("segmentation");
    if (segmentation instanceof JsonArray polygons && !polygons.isEmpty()) {
      List<double[]> corners = new ArrayList<>();
      for (JsonElement element : polygons) {
        if (!(element instanceof JsonArray polygon)
            || polygon.size() < 6
            || polygon.size() % 2 != 0) {
          throw fields.wrong("segmentation", element, "three corners or more, x and y of each");
        }
        corners.add(fields.numbers(polygon, "segmentation"));
      }
      return new PolygonOutline(corners);
    }
    if (segmentation instanceof JsonObject runs) {
      return runs(runs, image);
    }
    double[] box = fields.numbers(fields.array(object, "bbox"), "bbox");
    if (box.length != 4 || !(box[2] > 0 && box[3] > 0)) {
      throw fields.wrong("bbox", object.get("bbox"), "left, top, and a width and height above 0");
    }
    return new BoxOutline(box[0], box[1], box[0] + box[2], box[1] + box[3]);
  }

  private Outline runs(JsonObject runs, Image image) {
    double[] size = fields.numbers(fields.array(runs, "size"), "size");
    if (size.length != 2 || size[0] != image.height() || size[1] != image.width()) {
      throw fields.wrong(
          "size", runs.get("size"), "the image's, " + image.height() + " and " + image.width());
    }
    JsonElement counts = runs.get("counts");
    try {
      long[] lengths;
      if (counts instanceof JsonPrimitive text && text.isString()) {
        lengths = RunsOutline.decompressed(text.getAsString());
      } else {
        double[] numbers = fields.numbers(fields.array(runs, "counts"), "counts");
        lengths = new long[numbers.length];
        for (int i = 0; i < lengths.length; i++) {
          lengths[i] = numbers[i] == Math.rint(numbers[i]) ? (long) numbers[i] : -1;
        }
      }
      return new RunsOutline(image.height(), image.width(), lengths);
    } catch (IllegalArgumentException e) {
      throw fields.wrong("counts", counts, "lengths of runs, found " + e.getMessage());
    }
  }
}
