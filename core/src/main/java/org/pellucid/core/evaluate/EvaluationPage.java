package org.pellucid.core.evaluate;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.pellucid.api.Measurement;
import org.pellucid.core.evaluate.EvaluationResult.Series;
import org.pellucid.core.evaluate.EvaluationSummary.Row;
import org.pellucid.core.evaluate.EvaluationSummary.Test;
import org.pellucid.core.page.Charts;
import org.pellucid.core.page.Html;
import org.pellucid.core.page.Page;

/** {@code index.html}: tables, charts, and the best and worst cases as pictures. */
final class EvaluationPage {
  private static final int MOST_TESTS = 60;

  private final EvaluationResult result;
  private final EvaluationSummary summary;
  private final Cases.Gallery gallery;
  private final Map<Cases.Picture, Integer> numbers = new HashMap<>();
  private final StringBuilder html = new StringBuilder();

  EvaluationPage(EvaluationResult result, EvaluationSummary summary, Cases.Gallery gallery) {
    this.result = result;
    this.summary = summary;
    this.gallery = gallery;
    gallery.pictures().keySet().forEach(picture -> numbers.put(picture, numbers.size()));
  }

  String html() {
    JsonObject configuration = result.configuration();
    Page page =
        new Page(
            "Evaluation of " + configuration.get("model").getAsString(),
            EvaluationPage.class,
            "evaluation.css",
            "");
    html.append(page.head());
    html.append("<p class=\"faint\">").append(Html.text(about(configuration))).append("</p>\n");
    html.append("</header>\n<main>\n");
    html.append(
        Page.table(
            "Means over images, with intervals of 95 % by bootstrap",
            EvaluationTable.columns(summary), EvaluationTable.rows(summary)));
    failures();
    styles();
    for (String metric : result.metrics()) {
      metric(metric);
    }
    return html.append(page.foot()).toString();
  }

  private String about(JsonObject configuration) {
    return result.images()
        + " images ("
        + configuration.get("data").getAsString()
        + "), "
        + result.failures().size()
        + " of which failed; target: "
        + configuration.get("target").getAsString()
        + "; backends "
        + configuration.get("backends")
        + ", "
        + configuration.get("precision").getAsString()
        + ". SHA-256 of the model "
        + configuration.get("modelSha256").getAsString()
        + ". Made by Pellucid "
        + configuration.get("pellucid").getAsString()
        + ".";
  }

  /** A picture that several metrics show stands in the page once. */
  private void styles() {
    html.append("<style>\n");
    gallery
        .pictures()
        .forEach(
            (picture, drawn) ->
                html.append(".case-")
                    .append(numbers.get(picture))
                    .append("{aspect-ratio:")
                    .append(drawn.getWidth())
                    .append('/')
                    .append(drawn.getHeight())
                    .append(";background-image:url(")
                    .append(Html.data(drawn))
                    .append(")}\n"));
    html.append("</style>\n");
  }

  private void failures() {
    List<List<String>> rows = new ArrayList<>();
    result.failures().forEach((image, reason) -> rows.add(List.of(image, "all", reason)));
    for (Outcome outcome : result.outcomes()) {
      if (!outcome.failure().isEmpty()) {
        rows.add(List.of(outcome.image(), outcome.method(), outcome.failure()));
      }
    }
    if (!rows.isEmpty()) {
      html.append(Page.table("What failed", List.of("image", "method", "reason"), rows));
    }
  }

  private void metric(String metric) {
    List<Row> rows = summary.rows().stream().filter(row -> row.metric().equals(metric)).toList();
    if (rows.isEmpty()) {
      return;
    }
    html.append("<section>\n<h2>").append(Html.text(metric)).append("</h2>\n<p>");
    html.append(
        switch (rows.get(0).direction()) {
          case "higher-is-better" -> "Higher is better.";
          case "lower-is-better" -> "Lower is better.";
          default -> "It describes, and does not judge.";
        });
    html.append("</p>\n<div class=\"charts\">\n");
    Charts.dots(
            metric + ", means and intervals",
            rows.stream()
                .map(
                    row ->
                        new Charts.Bar(
                            label(row.series()),
                            row.mean(),
                            row.interval().low(),
                            row.interval().high()))
                .toList())
        .ifPresent(html::append);
    curves(metric).ifPresent(html::append);
    html.append("</div>\n");
    tests(metric);
    pictures(metric);
    html.append("</section>\n");
  }

  private String label(Series series) {
    return EvaluationTable.label(series, result.series());
  }

  /** The mean curve of each series. */
  private Optional<String> curves(String metric) {
    Map<Series, List<double[]>> curves = new LinkedHashMap<>();
    for (Outcome outcome : result.outcomes()) {
      Measurement found = outcome.measurements().get(metric);
      if (found != null && found.curve().size() > 1) {
        curves
            .computeIfAbsent(
                new Series(outcome.backend(), outcome.layer(), outcome.method()),
                series -> new ArrayList<>())
            .add(found.curve().stream().mapToDouble(Double::doubleValue).toArray());
      }
    }
    if (curves.isEmpty()) {
      return Optional.empty();
    }
    List<Charts.Line> lines = new ArrayList<>();
    curves.forEach((series, all) -> lines.add(line(series, all)));
    return Charts.lines(metric + ", mean curves", "step", metric, lines);
  }

  private Charts.Line line(Series series, List<double[]> curves) {
    int length = curves.stream().mapToInt(curve -> curve.length).min().orElseThrow();
    double[] xs = new double[length];
    double[] ys = new double[length];
    for (int i = 0; i < length; i++) {
      int at = i;
      xs[i] = i;
      ys[i] = curves.stream().mapToDouble(curve -> curve[at]).average().orElseThrow();
    }
    return new Charts.Line(label(series), xs, ys);
  }

  private void tests(String metric) {
    List<Test> tests =
        summary.tests().stream().filter(test -> test.metric().equals(metric)).toList();
    if (tests.isEmpty()) {
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    for (Test test : tests.subList(0, Math.min(MOST_TESTS, tests.size()))) {
      rows.add(
          Arrays.asList(
              label(test.first()),
              label(test.second()),
              Integer.toString(test.difference().count()),
              number(test.difference().mean()),
              number(test.difference().interval().low())
                  + " to "
                  + number(test.difference().interval().high()),
              number(test.difference().effect()),
              number(test.difference().pValue()),
              number(test.adjusted())));
    }
    html.append("<details><summary>Pairs of methods</summary>\n");
    html.append(
        Page.table(
            tests.size() > MOST_TESTS
                ? "The first " + MOST_TESTS + " of " + tests.size() + "; all are in tests.csv"
                : "First less second, on the same images; Wilcoxon's signed-rank test",
            List.of(
                "first",
                "second",
                "images",
                "mean difference",
                "95 %",
                "effect (rank-biserial)",
                "p",
                "p by Holm"),
            rows));
    html.append("</details>\n");
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3g", value);
  }

  private void pictures(String metric) {
    for (boolean best : new boolean[] {true, false}) {
      List<Cases.Standout> own =
          gallery.standouts().stream()
              .filter(standout -> standout.metric().equals(metric) && standout.best() == best)
              .toList();
      if (own.isEmpty()) {
        continue;
      }
      html.append("<h3>")
          .append(best ? "Best cases" : "Worst cases")
          .append("</h3>\n<div class=\"cases\">\n");
      for (Cases.Standout standout : own) {
        String text =
            label(standout.series())
                + ": "
                + number(standout.value())
                + ", "
                + standout.of().image()
                + ", class "
                + standout.of().classIndex();
        html.append("<figure><div role=\"img\" class=\"case-")
            .append(numbers.get(new Cases.Picture(standout.series(), standout.of())))
            .append("\" aria-label=\"")
            .append(Html.text(text))
            .append("\"></div><figcaption>")
            .append(Html.text(text))
            .append("</figcaption></figure>\n");
      }
      html.append("</div>\n");
    }
  }
}
