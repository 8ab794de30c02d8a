package org.pellucid.core.evaluate;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import org.pellucid.api.Measurement;

/**
 * What metrics found of one map.
 *
 * @param image the image's name in the data set
 * @param classIndex the explained class
 * @param className its name
 * @param predicted the class that the network predicts
 * @param confidence the probability of the explained class, 0 to 1
 * @param objects how many objects of the class are known, within what the network sees
 * @param backend the backend's id
 * @param layer the layer's name, or {@code input}
 * @param method the method with its options, as {@link Setting#name} writes it
 * @param status what the map amounts to, as {@link org.pellucid.api.Status} says it
 * @param measurements by metric with its options; empty where the method failed
 * @param failure why the method failed on this image; empty where it did not
 */
public record Outcome(
    String image,
    int classIndex,
    String className,
    int predicted,
    double confidence,
    int objects,
    String backend,
    String layer,
    String method,
    String status,
    Map<String, Measurement> measurements,
    String failure) {
  /** Copies the measurements in their order. */
  public Outcome {
    measurements = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(measurements));
  }

  /** The same with further measurements. */
  Outcome with(Map<String, Measurement> more) {
    Map<String, Measurement> all = new LinkedHashMap<>(measurements);
    all.putAll(more);
    return new Outcome(
        image,
        classIndex,
        className,
        predicted,
        confidence,
        objects,
        backend,
        layer,
        method,
        status,
        all,
        failure);
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("image", image);
    json.addProperty("class", classIndex);
    json.addProperty("className", className);
    json.addProperty("predicted", predicted);
    json.addProperty("confidence", confidence);
    json.addProperty("objects", objects);
    json.addProperty("backend", backend);
    json.addProperty("layer", layer);
    json.addProperty("method", method);
    if (!failure.isEmpty()) {
      json.addProperty("failure", failure);
      return json;
    }
    json.addProperty("status", status);
    JsonObject values = new JsonObject();
    measurements.forEach((metric, measurement) -> values.add(metric, json(measurement)));
    json.add("metrics", values);
    return json;
  }

  private static JsonObject json(Measurement measurement) {
    JsonObject json = new JsonObject();
    if (measurement.value().isEmpty()) {
      json.addProperty("none", measurement.reason());
      return json;
    }
    json.addProperty("value", measurement.value().getAsDouble());
    if (!measurement.curve().isEmpty()) {
      JsonArray curve = new JsonArray();
      measurement.curve().forEach(curve::add);
      json.add("curve", curve);
    }
    return json;
  }

  static Outcome fromJson(JsonObject json) {
    Map<String, Measurement> measurements = new LinkedHashMap<>();
    if (json.has("metrics")) {
      json.getAsJsonObject("metrics")
          .entrySet()
          .forEach(entry -> measurements.put(entry.getKey(), measurement(entry.getValue())));
    }
    return new Outcome(
        json.get("image").getAsString(),
        json.get("class").getAsInt(),
        json.get("className").getAsString(),
        json.get("predicted").getAsInt(),
        json.get("confidence").getAsDouble(),
        json.get("objects").getAsInt(),
        json.get("backend").getAsString(),
        json.get("layer").getAsString(),
        json.get("method").getAsString(),
        json.has("status") ? json.get("status").getAsString() : "",
        measurements,
        json.has("failure") ? json.get("failure").getAsString() : "");
  }

  private static Measurement measurement(JsonElement element) {
    JsonObject json = element.getAsJsonObject();
    if (json.has("none")) {
      return Measurement.none(json.get("none").getAsString());
    }
    double value = json.get("value").getAsDouble();
    return json.has("curve")
        ? Measurement.of(
            value,
            json.getAsJsonArray("curve").asList().stream()
                .mapToDouble(JsonElement::getAsDouble)
                .toArray())
        : Measurement.of(value);
  }
}
