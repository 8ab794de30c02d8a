package org.pellucid.core.bench;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.List;
import java.util.OptionalLong;
import org.pellucid.core.Version;
import org.pellucid.core.bench.Baseline.Change;
import org.pellucid.core.bench.Worker.Memory;
import org.pellucid.core.bench.Worker.Opened;
import org.pellucid.core.compare.MapAgreement;
import org.pellucid.core.stats.Interval;
import org.pellucid.core.stats.Summary;

/** {@code bench.json}; docs/benchmarking.md says what stands where. */
final class BenchmarkJson {
  static final String SCHEMA = "pellucid-bench-1";

  private static final Gson GSON =
      new GsonBuilder().serializeNulls().disableHtmlEscaping().setPrettyPrinting().create();

  private BenchmarkJson() {}

  static String of(BenchmarkReport.Facts facts, BenchmarkResult result, List<Change> changes) {
    JsonObject json = new JsonObject();
    json.addProperty("schema", SCHEMA);
    json.addProperty("pellucid", Version.current());
    json.addProperty("model", facts.model());
    json.addProperty("modelSha256", facts.modelSha256());
    json.addProperty("image", facts.image());
    json.addProperty("reference", result.reference());
    json.addProperty("timeLimit", facts.request().timeLimit());
    json.addProperty("tightness", facts.request().tightness());
    JsonObject machine = new JsonObject();
    machine.addProperty("processor", facts.machine().processor());
    machine.addProperty("cores", facts.machine().cores());
    machine.addProperty("system", facts.machine().system());
    machine.addProperty("java", facts.machine().java());
    json.add("machine", machine);
    JsonArray cells = new JsonArray();
    result.cells().forEach(cell -> cells.add(of(cell)));
    json.add("cells", cells);
    JsonArray against = new JsonArray();
    changes.forEach(change -> against.add(of(change)));
    json.add("againstBaseline", against);
    return GSON.toJson(json) + "\n";
  }

  private static JsonObject of(Cell cell) {
    JsonObject json = cell.work().toJson();
    json.addProperty("key", cell.key());
    json.addProperty("backend", cell.setting().backend());
    json.addProperty("engine", cell.opened().map(Opened::engine).orElse(null));
    json.addProperty("device", cell.device());
    json.addProperty("precision", cell.setting().precision().id());
    json.addProperty("threads", cell.setting().threadsText());
    json.addProperty("size", cell.setting().sizeText());
    json.addProperty("tensor", cell.layer().isEmpty() ? null : cell.layer());
    json.addProperty("openSeconds", cell.opened().map(Opened::seconds).orElse(null));
    json.addProperty("reason", cell.reason().isEmpty() ? null : cell.reason());
    json.addProperty("runs", cell.runs());
    json.add("summary", cell.timed() ? of(cell.summary()) : JsonNull.INSTANCE);
    json.addProperty("imagesPerSecond", cell.timed() ? cell.imagesPerSecond() : null);
    json.add(
        "toForward",
        cell.toForward().length == 0 ? JsonNull.INSTANCE : of(Summary.of(cell.toForward())));
    json.add("memory", cell.memory().<JsonElement>map(BenchmarkJson::of).orElse(JsonNull.INSTANCE));
    json.add(
        "accuracy", cell.accuracy().<JsonElement>map(BenchmarkJson::of).orElse(JsonNull.INSTANCE));
    JsonObject measures = new JsonObject();
    cell.measures().forEach((name, value) -> measures.add(name, number(value)));
    json.add("measures", measures);
    JsonArray seconds = new JsonArray();
    for (double one : cell.seconds()) {
      seconds.add(one);
    }
    json.add("seconds", seconds);
    return json;
  }

  private static JsonObject of(Summary summary) {
    JsonObject json = new JsonObject();
    json.addProperty("visits", summary.count());
    json.addProperty("lowerQuartile", summary.lower());
    json.addProperty("median", summary.median());
    json.addProperty("upperQuartile", summary.upper());
    json.add(
        "ofMedian",
        summary.ofMedian().<JsonElement>map(BenchmarkJson::of).orElse(JsonNull.INSTANCE));
    return json;
  }

  private static JsonObject of(Interval interval) {
    JsonObject json = new JsonObject();
    json.addProperty("low", interval.low());
    json.addProperty("high", interval.high());
    json.addProperty("confidence", interval.confidence());
    return json;
  }

  private static JsonObject of(Memory memory) {
    JsonObject json = new JsonObject();
    json.addProperty("heap", memory.heap());
    json.add("resident", bytes(memory.resident()));
    json.add("device", bytes(memory.device()));
    return json;
  }

  private static JsonElement bytes(OptionalLong bytes) {
    return bytes.isPresent() ? new JsonPrimitive(bytes.getAsLong()) : JsonNull.INSTANCE;
  }

  private static JsonObject of(MapAgreement agreement) {
    JsonObject json = new JsonObject();
    json.add("relative", number(agreement.relative()));
    json.add("pearson", number(agreement.pearson()));
    json.add("topOverlap", number(agreement.topOverlap()));
    return json;
  }

  private static JsonObject of(Change change) {
    JsonObject json = new JsonObject();
    json.addProperty("key", change.cell().key());
    json.addProperty("ratio", change.ratio().value());
    json.add(
        "interval",
        change.ratio().interval().<JsonElement>map(BenchmarkJson::of).orElse(JsonNull.INSTANCE));
    json.addProperty("verdict", change.verdict().name());
    return json;
  }

  private static JsonElement number(double value) {
    return Double.isFinite(value) ? new JsonPrimitive(value) : JsonNull.INSTANCE;
  }
}
