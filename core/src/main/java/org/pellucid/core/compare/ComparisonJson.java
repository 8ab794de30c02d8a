package org.pellucid.core.compare;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Map;
import org.pellucid.core.Explanation;
import org.pellucid.core.ExplanationJson;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Version;
import org.pellucid.core.compare.LayerComparison.BackendAgreement;
import org.pellucid.core.compare.LayerComparison.Cell;
import org.pellucid.core.compare.LayerComparison.MethodAgreement;

/**
 * {@code comparison.json}, written as the comparison goes on. Numbers that are not finite become
 * null. docs/compare.md says what stands where.
 */
final class ComparisonJson {
  static final String SCHEMA = "pellucid-comparison-1";

  private static final Gson GSON =
      new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

  private final JsonWriter json;

  /** Begins the file. */
  ComparisonJson(Writer writer, Comparison comparison) throws IOException {
    json = new JsonWriter(writer);
    json.setIndent("  ");
    json.setSerializeNulls(true);
    json.setHtmlSafe(false);
    Pellucid first = comparison.models().get(0);
    json.beginObject();
    json.name("schema").value(SCHEMA);
    json.name("pellucid").value(Version.current());
    json.name("model").value(first.modelName());
    json.name("modelSha256").value(first.modelSha256());
    json.name("precision").value(first.loadOptions().precision().id());
    json.name("tolerance").value(comparison.tolerance());
    member("methods", strings(comparison.methods()));
    JsonArray backends = new JsonArray();
    for (Pellucid model : comparison.models()) {
      JsonObject backend = new JsonObject();
      backend.addProperty("id", model.backend().id());
      backend.addProperty("engine", model.backend().availability().detail());
      backend.addProperty("device", model.loadOptions().device().toString());
      backends.add(backend);
    }
    member("backends", backends);
    JsonArray leftOut = new JsonArray();
    comparison
        .leftOut()
        .forEach(
            (id, reason) -> {
              JsonObject one = new JsonObject();
              one.addProperty("backend", id);
              one.addProperty("reason", reason);
              leftOut.add(one);
            });
    member("leftOut", leftOut);
    json.name("comparisons");
    json.beginArray();
  }

  private void member(String name, JsonArray value) throws IOException {
    json.name(name);
    GSON.toJson(value, json);
  }

  /** Adds one image, target and layer. */
  void add(LayerComparison comparison, String sheet) throws IOException {
    GSON.toJson(of(comparison, sheet), json);
    json.flush();
  }

  /** Ends the file. */
  void finish(Map<String, String> failures, Map<Verdict, Long> verdicts) throws IOException {
    json.endArray();
    JsonArray failed = new JsonArray();
    failures.forEach(
        (image, reason) -> {
          JsonObject one = new JsonObject();
          one.addProperty("image", image);
          one.addProperty("reason", reason);
          failed.add(one);
        });
    member("failures", failed);
    json.name("verdicts");
    json.beginObject();
    for (Verdict verdict : Verdict.values()) {
      json.name(verdict.name()).value(verdicts.getOrDefault(verdict, 0L));
    }
    json.endObject();
    json.endObject();
    json.flush();
  }

  private static JsonObject of(LayerComparison comparison, String sheet) {
    JsonObject one = new JsonObject();
    one.addProperty("image", comparison.subject().name());
    one.add("target", ExplanationJson.prediction(comparison.target()));
    one.addProperty("resolvedOn", comparison.resolvedOn());
    Place place = comparison.place();
    one.add("layer", ExplanationJson.layer(place.layers().get(0)));
    place.fusion().ifPresent(rule -> ExplanationJson.addFusion(one, place.layers(), rule));
    one.addProperty("sheet", sheet);
    JsonArray cells = new JsonArray();
    comparison.cells().forEach(cell -> cells.add(of(cell)));
    one.add("cells", cells);
    JsonArray backends = new JsonArray();
    comparison.betweenBackends().forEach(pair -> backends.add(of(pair)));
    one.add("betweenBackends", backends);
    JsonArray methods = new JsonArray();
    comparison.betweenMethods().forEach(pair -> methods.add(of(pair)));
    one.add("betweenMethods", methods);
    return one;
  }

  private static JsonObject of(Cell cell) {
    JsonObject json = new JsonObject();
    json.addProperty("method", cell.method());
    json.addProperty("backend", cell.backend());
    json.addProperty("reason", cell.reason().isEmpty() ? null : cell.reason());
    if (cell.explanation().isPresent()) {
      Explanation explanation = cell.explanation().get();
      JsonObject details = ExplanationJson.of(explanation);
      // Hundreds of rows for each cell; explain writes them.
      details.remove("contributions");
      details.remove("layer");
      json.add("explanation", details);
    } else {
      json.add("explanation", null);
    }
    return json;
  }

  private static JsonObject of(BackendAgreement pair) {
    JsonObject json = new JsonObject();
    json.addProperty("method", pair.method());
    json.addProperty("first", pair.first());
    json.addProperty("second", pair.second());
    json.addProperty("verdict", pair.verdict().name());
    json.add("maxAbsolute", ExplanationJson.number(pair.agreement().maxAbsolute()));
    json.add("relative", ExplanationJson.number(pair.agreement().relative()));
    scaleFree(json, pair.agreement());
    json.addProperty("cellsBeyond", pair.cellsBeyond());
    pair.settlement()
        .ifPresent(
            settlement -> {
              JsonObject found = new JsonObject();
              found.add("operations", strings(settlement.operations()));
              found.addProperty("switchedUnits", settlement.switchedUnits());
              found.add("findings", strings(settlement.findings()));
              json.add("settlement", found);
            });
    return json;
  }

  private static JsonObject of(MethodAgreement pair) {
    JsonObject json = new JsonObject();
    json.addProperty("backend", pair.backend());
    json.addProperty("first", pair.first());
    json.addProperty("second", pair.second());
    scaleFree(json, pair.agreement());
    return json;
  }

  private static void scaleFree(JsonObject json, MapAgreement agreement) {
    json.add("pearson", ExplanationJson.number(agreement.pearson()));
    json.add("spearman", ExplanationJson.number(agreement.spearman()));
    json.add("topOverlap", ExplanationJson.number(agreement.topOverlap()));
  }

  private static JsonArray strings(List<String> values) {
    JsonArray array = new JsonArray();
    values.forEach(array::add);
    return array;
  }
}
