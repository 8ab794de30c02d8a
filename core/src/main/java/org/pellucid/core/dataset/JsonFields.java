package org.pellucid.core.dataset;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pellucid.graph.MalformedInputException;

/** Takes JSON apart that may be anything; what is wrong is named with its key and file. */
final class JsonFields {
  private static final int LONGEST_SHOWN = 60;

  private final Path file;

  /** Of a file. */
  JsonFields(Path file) {
    this.file = file;
  }

  MalformedInputException wrong(String key, Object found, String wanted) {
    String text = String.valueOf(found);
    return new MalformedInputException(
        file
            + " has \""
            + key
            + "\": "
            + (text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) + "..." : text)
            + "; wanted: "
            + wanted);
  }

  JsonObject object(JsonElement element, String key) {
    if (element instanceof JsonObject object) {
      return object;
    }
    throw wrong(key, element, "an object");
  }

  JsonArray array(JsonObject object, String key) {
    if (object.get(key) instanceof JsonArray array) {
      return array;
    }
    throw wrong(key, object.get(key), "an array");
  }

  /** An array of objects. */
  List<JsonObject> objects(JsonObject object, String key) {
    List<JsonObject> objects = new ArrayList<>();
    array(object, key).forEach(element -> objects.add(object(element, key)));
    return objects;
  }

  /** An array of objects; empty where it is missing. */
  List<JsonObject> optionalObjects(JsonObject object, String key) {
    return object.has(key) ? objects(object, key) : List.of();
  }

  String text(JsonObject object, String key) {
    return optionalText(object, key)
        .orElseThrow(() -> wrong(key, object.get(key), "a text that is not empty"));
  }

  Optional<String> optionalText(JsonObject object, String key) {
    JsonElement element = object.get(key);
    if (element == null || element.isJsonNull()) {
      return Optional.empty();
    }
    if (element instanceof JsonPrimitive primitive
        && primitive.isString()
        && !primitive.getAsString().isBlank()) {
      return Optional.of(primitive.getAsString());
    }
    throw wrong(key, element, "a text that is not empty");
  }

  /** A whole number within bounds. */
  int whole(JsonObject object, String key, int least, int most) {
    double value = number(object.get(key), key);
    if (value != Math.rint(value) || value < least || value > most) {
      throw wrong(key, object.get(key), "a whole number from " + least + " to " + most);
    }
    return (int) value;
  }

  /** A finite number. */
  double number(JsonElement element, String key) {
    if (element instanceof JsonPrimitive primitive && primitive.isNumber()) {
      double value = primitive.getAsDouble();
      if (Double.isFinite(value)) {
        return value;
      }
    }
    throw wrong(key, element, "a finite number");
  }

  double[] numbers(JsonArray array, String key) {
    double[] numbers = new double[array.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = number(array.get(i), key);
    }
    return numbers;
  }
}
