package org.pellucid.importer.dl4j;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pellucid.graph.MalformedInputException;

/**
 * An object of a configuration file: plain data. What a file says about classes is text here, to be
 * looked up in a table; nothing is ever made of it by reflection.
 */
final class Settings {
  /** Longer lists of numbers than this are nothing that a layer is configured with. */
  private static final int MOST_NUMBERS = 64;

  private final JsonObject object;

  private Settings(JsonObject object) {
    this.object = object;
  }

  /**
   * Reads a JSON text.
   *
   * @param what the text's name in messages
   * @throws MalformedInputException if it is no JSON object
   */
  static Settings parse(byte[] text, String what) {
    try (JsonReader reader =
        new JsonReader(new StringReader(new String(text, StandardCharsets.UTF_8)))) {
      reader.setStrictness(Strictness.LEGACY_STRICT);
      if (JsonParser.parseReader(reader) instanceof JsonObject object) {
        return new Settings(object);
      }
      throw new MalformedInputException("The " + what + " is no JSON object");
    } catch (java.io.IOException | JsonParseException | StackOverflowError e) {
      throw new MalformedInputException("The " + what + " is no JSON: " + e.getMessage(), e);
    }
  }

  static Settings of(JsonObject object) {
    return new Settings(object);
  }

  /** The names of what is there. */
  Set<String> names() {
    return object.keySet();
  }

  /** Whether there is something that is not null. */
  boolean has(String name) {
    return find(name).isPresent();
  }

  Optional<JsonElement> find(String name) {
    return Optional.ofNullable(object.get(name)).filter(element -> !element.isJsonNull());
  }

  private JsonElement get(String name) {
    return find(name).orElseThrow(() -> new MalformedInputException("\"" + name + "\" is missing"));
  }

  /** A number that is there. */
  double number(String name) {
    return number(name, get(name));
  }

  /** A number, or what stands for it. */
  double number(String name, double otherwise) {
    return find(name).map(element -> number(name, element)).orElse(otherwise);
  }

  private static double number(String name, JsonElement element) {
    if (element instanceof JsonPrimitive primitive && primitive.isNumber()) {
      String text = primitive.getAsString();
      double value = text.length() > 40 ? Double.NaN : Double.parseDouble(text);
      if (Double.isFinite(value)) {
        return value;
      }
    }
    throw wrong(name, "a number", element);
  }

  /** A whole number that is there. */
  int whole(String name) {
    return whole(name, get(name));
  }

  /** A whole number, or what stands for it. */
  int whole(String name, int otherwise) {
    return find(name).map(element -> whole(name, element)).orElse(otherwise);
  }

  static int whole(String name, JsonElement element) {
    double value = number(name, element);
    if (value != Math.rint(value) || Math.abs(value) > Integer.MAX_VALUE) {
      throw wrong(name, "a whole number", element);
    }
    return (int) value;
  }

  /** Whole numbers, one for each axis; a single number counts for all of them. */
  List<Integer> wholes(String name, int axes) {
    JsonElement element = get(name);
    if (element instanceof JsonPrimitive) {
      return java.util.Collections.nCopies(axes, whole(name, element));
    }
    return wholes(name);
  }

  /** Whole numbers. */
  List<Integer> wholes(String name) {
    JsonArray array = array(name);
    if (array.size() > MOST_NUMBERS) {
      throw wrong(name, "at most " + MOST_NUMBERS + " numbers", array);
    }
    List<Integer> values = new ArrayList<>();
    array.forEach(element -> values.add(whole(name, element)));
    return values;
  }

  /** A truth that is there. */
  boolean flag(String name, boolean otherwise) {
    return find(name)
        .map(
            element -> {
              if (element instanceof JsonPrimitive primitive && primitive.isBoolean()) {
                return primitive.getAsBoolean();
              }
              throw wrong(name, "true or false", element);
            })
        .orElse(otherwise);
  }

  /** A text that is there. */
  String text(String name) {
    return text(name, get(name));
  }

  /** A text, or what stands for it. */
  String text(String name, String otherwise) {
    return find(name).map(element -> text(name, element)).orElse(otherwise);
  }

  static String text(String name, JsonElement element) {
    if (element instanceof JsonPrimitive primitive && primitive.isString()) {
      return primitive.getAsString();
    }
    throw wrong(name, "a text", element);
  }

  /** Texts. */
  List<String> texts(String name) {
    List<String> values = new ArrayList<>();
    array(name).forEach(element -> values.add(text(name, element)));
    return values;
  }

  /** A list that is there. */
  JsonArray array(String name) {
    JsonElement element = get(name);
    if (element instanceof JsonArray array) {
      return array;
    }
    throw wrong(name, "a list", element);
  }

  /** An object that is there. */
  Settings settings(String name) {
    return settings(name, get(name));
  }

  static Settings settings(String name, JsonElement element) {
    if (element instanceof JsonObject object) {
      return new Settings(object);
    }
    throw wrong(name, "an object", element);
  }

  /** The objects of a list. */
  List<Settings> list(String name) {
    List<Settings> values = new ArrayList<>();
    array(name).forEach(element -> values.add(settings(name, element)));
    return values;
  }

  private static MalformedInputException wrong(String name, String wanted, JsonElement found) {
    return new MalformedInputException(
        "\"" + name + "\" should be " + wanted + ", found " + shortened(found.toString()));
  }

  private static String shortened(String text) {
    return text.length() <= 60 ? text : text.substring(0, 57) + "...";
  }

  /** The settings that make the difference, for messages. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (String name : object.keySet()) {
      JsonElement value = object.get(name);
      if (!value.isJsonNull() && !value.isJsonObject() && !name.equals("@class")) {
        text.append(text.length() == 0 ? "" : ", ")
            .append(name)
            .append(' ')
            .append(shortened(value.toString()));
      }
      if (text.length() > 600) {
        return text + ", ...";
      }
    }
    return text.toString();
  }
}
