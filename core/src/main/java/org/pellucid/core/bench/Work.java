package org.pellucid.core.bench;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Something that is timed: an explanation of one image, or the plain forward pass.
 *
 * @param method id of an explainer, or {@link #FORWARD}
 * @param options the explainer's options as users write them, by name
 * @param layer the layer that is explained, as {@link org.pellucid.core.Layers#find} takes it;
 *     empty for the default, and for methods that explain none
 * @param batch how many variants run through the network at once, for {@link #FORWARD} how many
 *     copies of the image; empty leaves it to Pellucid
 */
public record Work(
    String method, Map<String, String> options, Optional<String> layer, OptionalInt batch) {
  /** The scores of an image, and nothing kept for gradients. */
  public static final String FORWARD = "forward";

  /** The forward pass of one image, which others are compared with. */
  public static final Work ONE_FORWARD = forward(1);

  /** Copies the options. */
  public Work {
    Objects.requireNonNull(method, "method");
    options = Map.copyOf(options);
    Objects.requireNonNull(layer, "layer");
    Objects.requireNonNull(batch, "batch");
  }

  /** The forward pass of some copies of the image at once. */
  public static Work forward(int copies) {
    return new Work(FORWARD, Map.of(), Optional.empty(), OptionalInt.of(copies));
  }

  /** Whether it is a forward pass. */
  public boolean isForward() {
    return method.equals(FORWARD);
  }

  /** How many images are done with each time. */
  public int images() {
    return isForward() ? batch.orElse(1) : 1;
  }

  /** The number of samples that was asked for; empty where none was. */
  public String samples() {
    return options.getOrDefault("samples", "");
  }

  /** The batch as a table shows it. */
  public String batchText() {
    return batch.isPresent() ? Integer.toString(batch.getAsInt()) : "auto";
  }

  /** Everything but the batch, which changes the result by rounding alone. */
  Work withoutBatch() {
    return new Work(method, options, layer, OptionalInt.empty());
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject();
    json.addProperty("method", method);
    JsonObject chosen = new JsonObject();
    new TreeMap<>(options).forEach(chosen::addProperty);
    json.add("options", chosen);
    json.addProperty("layer", layer.orElse(null));
    json.addProperty("batch", batch.isPresent() ? batch.getAsInt() : null);
    return json;
  }

  static Work of(JsonObject json) {
    Map<String, String> options = new LinkedHashMap<>();
    json.getAsJsonObject("options")
        .entrySet()
        .forEach(option -> options.put(option.getKey(), option.getValue().getAsString()));
    return new Work(
        json.get("method").getAsString(),
        options,
        given(json, "layer").map(JsonElement::getAsString),
        given(json, "batch")
            .map(batch -> OptionalInt.of(batch.getAsInt()))
            .orElseGet(OptionalInt::empty));
  }

  private static Optional<JsonElement> given(JsonObject json, String name) {
    return Optional.ofNullable(json.get(name)).filter(value -> !value.isJsonNull());
  }
}
