package org.pellucid.core.evaluate;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.pellucid.core.evaluate.EvaluationResult.Series;
import org.pellucid.core.evaluate.EvaluationSummary.Row;
import org.pellucid.core.evaluate.EvaluationSummary.Test;
import org.pellucid.core.io.AtomicFiles;
import org.pellucid.core.stats.Interval;

/**
 * Writes what an evaluation has found: {@code results.csv} (a row per map and metric), {@code
 * summary.csv} (means with intervals), {@code tests.csv} (pairs of methods), {@code summary.json}
 * (the last two, what was evaluated, and failures) and {@code index.html} (all of it for people, a
 * page that needs no network).
 */
public final class EvaluationReport {
  private static final Gson GSON =
      new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create();

  private EvaluationReport() {}

  /**
   * Writes all files into a directory, the page without pictures of cases, for which the model is
   * needed: {@link Evaluation#report} has them.
   *
   * @return the files
   * @throws org.pellucid.api.InvalidRequestException if they cannot be written
   */
  public static List<Path> write(Path directory, EvaluationResult result) {
    return write(directory, result, EvaluationSummary.of(result), Cases.Gallery.EMPTY);
  }

  static List<Path> write(
      Path directory, EvaluationResult result, EvaluationSummary summary, Cases.Gallery gallery) {
    Path results = directory.resolve("results.csv");
    Path means = directory.resolve("summary.csv");
    Path tests = directory.resolve("tests.csv");
    Path json = directory.resolve("summary.json");
    write(results, results(result));
    write(means, means(summary));
    write(tests, tests(summary));
    write(json, json(result, summary));
    Path page = directory.resolve("index.html");
    write(page, new EvaluationPage(result, summary, gallery).html());
    return List.of(results, means, tests, json, page);
  }

  private static void write(Path file, String text) {
    AtomicFiles.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** A row per map and metric, as {@code results.csv} has it. */
  public static String results(EvaluationResult result) {
    Csv csv =
        new Csv(
            "image",
            "class",
            "class name",
            "predicted",
            "confidence",
            "objects",
            "backend",
            "layer",
            "method",
            "status",
            "metric",
            "value",
            "reason");
    for (Outcome outcome : result.outcomes()) {
      if (!outcome.failure().isEmpty()) {
        row(csv, outcome, "", null, outcome.failure());
      }
      outcome
          .measurements()
          .forEach(
              (metric, found) ->
                  row(
                      csv,
                      outcome,
                      metric,
                      found.value().isPresent() ? found.value().getAsDouble() : null,
                      found.reason()));
    }
    return csv.toString();
  }

  private static void row(Csv csv, Outcome outcome, String metric, Double value, String reason) {
    csv.row(
        outcome.image(),
        outcome.classIndex(),
        outcome.className(),
        outcome.predicted(),
        outcome.confidence(),
        outcome.objects(),
        outcome.backend(),
        outcome.layer(),
        outcome.method(),
        outcome.status(),
        metric,
        value,
        reason);
  }

  private static String means(EvaluationSummary summary) {
    Csv csv =
        new Csv(
            "metric",
            "direction",
            "backend",
            "layer",
            "method",
            "images",
            "mean",
            "low",
            "high",
            "confidence",
            "median");
    for (Row row : summary.rows()) {
      csv.row(
          row.metric(),
          row.direction(),
          row.series().backend(),
          row.series().layer(),
          row.series().method(),
          row.images(),
          row.mean(),
          row.interval().low(),
          row.interval().high(),
          row.interval().confidence(),
          row.median());
    }
    return csv.toString();
  }

  private static String tests(EvaluationSummary summary) {
    Csv csv =
        new Csv(
            "metric",
            "first backend",
            "first layer",
            "first method",
            "second backend",
            "second layer",
            "second method",
            "images",
            "mean difference",
            "low",
            "high",
            "effect",
            "p",
            "p adjusted");
    for (Test test : summary.tests()) {
      csv.row(
          test.metric(),
          test.first().backend(),
          test.first().layer(),
          test.first().method(),
          test.second().backend(),
          test.second().layer(),
          test.second().method(),
          test.difference().count(),
          test.difference().mean(),
          test.difference().interval().low(),
          test.difference().interval().high(),
          test.difference().effect(),
          test.difference().pValue(),
          test.adjusted());
    }
    return csv.toString();
  }

  private static String json(EvaluationResult result, EvaluationSummary summary) {
    JsonObject json = new JsonObject();
    json.add("evaluation", result.configuration());
    json.addProperty("images", result.images());
    JsonObject failures = new JsonObject();
    result.failures().forEach(failures::addProperty);
    json.add("failures", failures);
    JsonArray rows = new JsonArray();
    for (Row row : summary.rows()) {
      JsonObject one = new JsonObject();
      one.addProperty("metric", row.metric());
      one.addProperty("direction", row.direction());
      one.add("series", json(row.series()));
      one.addProperty("images", row.images());
      one.addProperty("mean", row.mean());
      one.add("interval", json(row.interval()));
      one.addProperty("median", row.median());
      rows.add(one);
    }
    json.add("summary", rows);
    JsonArray tests = new JsonArray();
    for (Test test : summary.tests()) {
      JsonObject one = new JsonObject();
      one.addProperty("metric", test.metric());
      one.add("first", json(test.first()));
      one.add("second", json(test.second()));
      one.addProperty("images", test.difference().count());
      one.addProperty("meanDifference", test.difference().mean());
      one.add("interval", json(test.difference().interval()));
      one.addProperty("effect", test.difference().effect());
      one.addProperty("p", test.difference().pValue());
      one.addProperty("pAdjusted", test.adjusted());
      tests.add(one);
    }
    json.add("tests", tests);
    return GSON.toJson(json) + "\n";
  }

  private static JsonObject json(Series series) {
    JsonObject json = new JsonObject();
    json.addProperty("backend", series.backend());
    json.addProperty("layer", series.layer());
    json.addProperty("method", series.method());
    return json;
  }

  private static JsonObject json(Interval interval) {
    JsonObject json = new JsonObject();
    json.addProperty("low", interval.low());
    json.addProperty("high", interval.high());
    json.addProperty("confidence", interval.confidence());
    return json;
  }
}
