package org.pellucid.core.image;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.core.io.AtomicFiles;
import org.pellucid.core.io.TextFiles;
import org.pellucid.core.text.NearestNames;
import org.pellucid.graph.MalformedInputException;

/** The JSON form of a {@link Preset}. */
final class PresetFile {
  private static final List<String> KEYS =
      List.of("size", "resize", "layout", "channels", "scale", "mean", "std");

  private final Path file;
  private final JsonObject json;

  private PresetFile(Path file, JsonObject json) {
    this.file = file;
    this.json = json;
  }

  static Preset read(Path file) {
    JsonElement json = TextFiles.readJson(file, "preset");
    if (!(json instanceof JsonObject object)) {
      throw new MalformedInputException(
          "The preset " + file + " is not a JSON object with the keys " + KEYS);
    }
    return new PresetFile(file, object).preset();
  }

  private Preset preset() {
    for (String key : json.keySet()) {
      if (!KEYS.contains(key)) {
        throw new MalformedInputException(
            "The preset "
                + file
                + " has the unknown key \""
                + key
                + "\"; the known ones, nearest first, are "
                + String.join(", ", NearestNames.of(key, KEYS, KEYS.size())));
      }
    }
    try {
      return new Preset(
          size(),
          word("resize", Preset.Resize.class, Preset.Resize.STRETCH),
          word("layout", Preset.Layout.class, Preset.Layout.AUTO),
          word("channels", Preset.Channels.class, Preset.Channels.RGB),
          number("scale", required("scale")),
          numbers("mean", required("mean")),
          numbers("std", required("std")));
    } catch (InvalidRequestException e) {
      throw new MalformedInputException("The preset " + file + ": " + e.getMessage(), e);
    }
  }

  private JsonElement required(String key) {
    JsonElement value = json.get(key);
    if (value == null) {
      throw new MalformedInputException(
          "The preset " + file + " has no \"" + key + "\"; scale, mean and std are required");
    }
    return value;
  }

  private Optional<Preset.Size> size() {
    JsonElement value = json.get("size");
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof JsonArray array && array.size() == 2) {
      double height = number("size", array.get(0));
      double width = number("size", array.get(1));
      if (height == (int) height && width == (int) width) {
        return Optional.of(new Preset.Size((int) height, (int) width));
      }
    }
    throw wrong("size", value, "[height, width] in pixels works, as [224, 224]");
  }

  private <E extends Enum<E>> E word(String key, Class<E> type, E otherwise) {
    JsonElement value = json.get(key);
    if (value == null) {
      return otherwise;
    }
    E[] constants = type.getEnumConstants();
    for (E constant : constants) {
      if (value.equals(new JsonPrimitive(Preset.word(constant)))) {
        return constant;
      }
    }
    String words =
        Arrays.stream(constants)
            .map(constant -> "\"" + Preset.word(constant) + "\"")
            .collect(Collectors.joining(", "));
    throw wrong(key, value, "one of " + words + " works");
  }

  private double number(String key, JsonElement value) {
    if (value instanceof JsonPrimitive primitive && primitive.isNumber()) {
      return primitive.getAsDouble();
    }
    throw wrong(key, value, "a number works");
  }

  private List<Double> numbers(String key, JsonElement value) {
    if (!(value instanceof JsonArray array)) {
      throw wrong(key, value, "a list of one number, or of one per channel, works");
    }
    List<Double> numbers = new ArrayList<>();
    for (JsonElement element : array) {
      numbers.add(number(key, element));
    }
    return numbers;
  }

  private MalformedInputException wrong(String key, JsonElement value, String works) {
    return new MalformedInputException(
        "The preset " + file + " has " + value + " for \"" + key + "\"; " + works);
  }

  static void write(Path file, Preset preset) {
    String text = new GsonBuilder().setPrettyPrinting().create().toJson(json(preset)) + "\n";
    AtomicFiles.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** The content of a file. */
  static JsonObject json(Preset preset) {
    JsonObject json = new JsonObject();
    preset.size().ifPresent(size -> json.add("size", array(List.of(size.height(), size.width()))));
    json.addProperty("resize", Preset.word(preset.resize()));
    json.addProperty("layout", Preset.word(preset.layout()));
    json.addProperty("channels", Preset.word(preset.channels()));
    json.addProperty("scale", preset.scale());
    json.add("mean", array(preset.mean()));
    json.add("std", array(preset.std()));
    return json;
  }

  private static JsonArray array(List<? extends Number> numbers) {
    JsonArray array = new JsonArray();
    numbers.forEach(array::add);
    return array;
  }
}
