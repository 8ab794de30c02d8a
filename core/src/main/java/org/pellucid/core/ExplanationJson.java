package org.pellucid.core;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.pellucid.api.MapSelection;
import org.pellucid.api.Option;
import org.pellucid.api.Region;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.core.render.HeatmapRenderer;
import org.pellucid.graph.Tensor;

/** An explanation as JSON; numbers that are not finite become null. */
public final class ExplanationJson {
  private ExplanationJson() {}

  /** All of an explanation but the elements of its map. */
  public static JsonObject of(Explanation explanation) {
    Saliency saliency = explanation.saliency();
    JsonObject json = new JsonObject();
    json.add("predicted", prediction(explanation.predicted()));
    json.add("target", prediction(explanation.target()));
    json.add("layer", layer(explanation.layer()));
    explanation.fusion().ifPresent(rule -> addFusion(json, explanation.layers(), rule));
    json.add("selection", selection(explanation.selection()));
    json.addProperty("status", saliency.status().name());
    json.add("warnings", strings(saliency.warnings()));
    json.add("map", map(saliency.map()));
    saliency.standardError().ifPresent(error -> json.add("standardError", map(error)));
    if (!saliency.concepts().isEmpty()) {
      json.add("concepts", concepts(saliency.concepts()));
    }
    JsonObject measures = new JsonObject();
    saliency.measures().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> measures.add(entry.getKey(), number(entry.getValue())));
    json.add("measures", measures);
    json.add("contributions", contributions(saliency.contributions()));
    json.add("provenance", provenance(explanation.provenance()));
    json.add("seconds", number(explanation.seconds()));
    return json;
  }

  /** A number, or null where it is not finite. */
  public static JsonElement number(double value) {
    return Double.isFinite(value) ? new JsonPrimitive(value) : JsonNull.INSTANCE;
  }

  /** A class with its score. */
  public static JsonObject prediction(Prediction prediction) {
    JsonObject json = new JsonObject();
    json.addProperty("index", prediction.index());
    json.addProperty("label", prediction.label().orElse(null));
    json.add("score", number(prediction.score()));
    json.add("probability", number(prediction.probability()));
    return json;
  }

  /** A layer. */
  public static JsonObject layer(Layer layer) {
    JsonObject json = new JsonObject();
    json.addProperty("name", layer.tap().tensor());
    json.addProperty("node", layer.node());
    json.addProperty("operation", layer.operation());
    json.addProperty("position", layer.position());
    json.add("shape", numbers(layer.shape().dims()));
    json.addProperty("stage", layer.stage().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    return json;
  }

  /** What of a layer is looked at. */
  public static JsonObject selection(Selection selection) {
    JsonObject json = new JsonObject();
    if (selection.maps() instanceof MapSelection.Indices some) {
      json.add("maps", numbers(some.indices().stream().mapToInt(Integer::intValue).toArray()));
    } else if (selection.maps() instanceof MapSelection.TopByContribution top) {
      json.addProperty("maps", "top:" + top.count());
    } else {
      json.addProperty("maps", "all");
    }
    if (selection.neurons().isAll()) {
      json.addProperty("neurons", "all");
      return json;
    }
    JsonArray regions = new JsonArray();
    for (Region region : selection.neurons().regions()) {
      JsonObject rectangle = new JsonObject();
      rectangle.addProperty("unit", Option.text(region.unit()));
      rectangle.add("start", numbers(region.start().stream().mapToInt(i -> i).toArray()));
      rectangle.add("size", numbers(region.size().stream().mapToInt(i -> i).toArray()));
      regions.add(rectangle);
    }
    json.add("neurons", regions);
    json.addProperty("role", Option.text(selection.neurons().role()));
    return json;
  }

  /** The layers whose maps became one, and how. */
  public static void addFusion(JsonObject json, List<Layer> layers, Fusion rule) {
    JsonArray all = new JsonArray();
    layers.forEach(layer -> all.add(layer(layer)));
    json.add("layers", all);
    json.addProperty("fusion", rule.toString());
  }

  /**
   * In which colour a picture shows each, and how large it is; the maps are in the array's file.
   */
  private static JsonArray concepts(List<Saliency.Concept> concepts) {
    JsonArray json = new JsonArray();
    for (Saliency.Concept concept : concepts) {
      JsonObject one = new JsonObject();
      int colour = HeatmapRenderer.colour(json.size(), concepts.size());
      one.addProperty("colour", String.format(Locale.ROOT, "#%06x", colour));
      one.add("share", number(concept.share()));
      one.add("map", map(concept.map()));
      json.add(one);
    }
    return json;
  }

  private static JsonObject map(Tensor map) {
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < map.size(); i++) {
      min = Math.min(min, map.get(i));
      max = Math.max(max, map.get(i));
    }
    JsonObject json = new JsonObject();
    json.add("shape", numbers(map.shape().dims()));
    json.add("min", number(min));
    json.add("max", number(max));
    return json;
  }

  private static JsonArray contributions(List<Saliency.Contribution> contributions) {
    JsonArray json = new JsonArray();
    for (Saliency.Contribution contribution : contributions) {
      JsonObject row = new JsonObject();
      row.addProperty("map", contribution.featureMap());
      row.add("weight", number(contribution.weight()));
      row.add("contribution", number(contribution.contribution()));
      json.add(row);
    }
    return json;
  }

  private static JsonObject provenance(Provenance provenance) {
    JsonObject json = new JsonObject();
    json.addProperty("pellucid", provenance.pellucid());
    json.addProperty("model", provenance.model());
    json.addProperty("modelSha256", provenance.modelSha256());
    json.addProperty("input", provenance.input());
    json.addProperty("preset", provenance.preset());
    json.addProperty("method", provenance.method());
    json.addProperty("target", provenance.target());
    json.addProperty("reads", provenance.reads());
    JsonObject options = new JsonObject();
    provenance.options().forEach(options::addProperty);
    json.add("options", options);
    json.addProperty("backend", provenance.backend());
    json.addProperty("engine", provenance.engine());
    json.addProperty("device", provenance.device());
    json.addProperty("precision", provenance.precision());
    json.addProperty("java", provenance.java());
    return json;
  }

  private static JsonArray numbers(int[] values) {
    JsonArray array = new JsonArray();
    for (int value : values) {
      array.add(value);
    }
    return array;
  }

  private static JsonArray strings(List<String> values) {
    JsonArray array = new JsonArray();
    values.forEach(array::add);
    return array;
  }
}
