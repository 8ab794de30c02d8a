package org.pellucid.core.sweep;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.pellucid.core.Version;
import org.pellucid.core.page.Html;
import org.pellucid.core.page.LinePlot;
import org.pellucid.core.page.LinePlot.Scale;
import org.pellucid.core.page.Page;
import org.pellucid.core.sweep.SweepSummary.Row;

/** {@code index.html}: plots, contact sheets and a table. */
final class SweepPage {
  private SweepPage() {}

  static String of(Sweep sweep, SweepSummary summary, Map<String, BufferedImage> sheets) {
    Page page =
        new Page(
            "Sweep of " + sweep.request().method().name() + " on " + sweep.model().modelName(),
            SweepPage.class,
            "sweep.css",
            "");
    StringBuilder html = new StringBuilder(page.head());
    html.append("<p class=\"faint\">").append(Html.text(about(sweep))).append("</p>\n");
    if (!sweep.result().failures().isEmpty()) {
      html.append("<p>Images that failed:</p>\n<ul>\n");
      sweep
          .result()
          .failures()
          .forEach(
              (image, reason) ->
                  html.append("<li><strong>")
                      .append(Html.text(image))
                      .append("</strong>: ")
                      .append(Html.text(reason))
                      .append("</li>\n"));
      html.append("</ul>\n");
    }
    html.append("</header>\n<main>\n");
    summary.metrics().forEach(metric -> plots(html, summary, metric));
    sheets.forEach(
        (name, sheet) ->
            html.append("<section>\n<h2>")
                .append(Html.text(name))
                .append(
                    "</h2>\n<div class=\"scroll\"><img alt=\"Maps by noise and samples\" src=\"")
                .append(Html.data(sheet))
                .append("\"></div>\n</section>\n"));
    html.append(
        Page.table(
            "Everything; intervals hold the mean over images with 95 %",
            columns(), summary.rows().stream().map(SweepPage::cells).toList()));
    return html.append(page.foot()).toString();
  }

  private static String about(Sweep sweep) {
    int images = sweep.result().images() - sweep.result().failures().size();
    return (images == 1 ? "1 image" : images + " images")
        + " of "
        + sweep.data().kind()
        + "; "
        + sweep.request().seeds()
        + " seeds where there is noise. SHA-256 of the model "
        + sweep.model().modelSha256()
        + ". Made by Pellucid "
        + Version.current()
        + ".";
  }

  private static void plots(StringBuilder html, SweepSummary summary, String metric) {
    StringBuilder charts = new StringBuilder();
    for (String layer : summary.layers()) {
      List<Row> rows =
          summary.rows().stream()
              .filter(row -> row.metric().equals(metric) && row.layer().equals(layer))
              .toList();
      bySamples(charts, metric, layer, rows);
      byNoise(charts, metric, layer, rows);
    }
    if (!charts.isEmpty()) {
      html.append("<section>\n<h2>")
          .append(Html.text(metric))
          .append("</h2>\n<div class=\"charts\">\n")
          .append(charts)
          .append("</div>\n</section>\n");
    }
  }

  /** A line per level of noise. */
  private static void bySamples(StringBuilder charts, String metric, String layer, List<Row> rows) {
    Map<String, List<LinePlot.Point>> lines = new LinkedHashMap<>();
    for (Row row : rows) {
      if (row.samples().isPresent()) {
        String label = row.noise().isPresent() ? "noise " + row.noise().getAsDouble() : "";
        lines
            .computeIfAbsent(label, name -> new ArrayList<>())
            .add(new LinePlot.Point(row.samples().getAsInt(), row.mean()));
      }
    }
    chart(charts, metric + ", layer " + layer, "samples", Scale.LOGARITHMIC, lines);
  }

  /** A line per number of samples; without noise they all begin at one point. */
  private static void byNoise(StringBuilder charts, String metric, String layer, List<Row> rows) {
    Map<String, List<LinePlot.Point>> lines = new LinkedHashMap<>();
    List<Row> silent =
        rows.stream().filter(row -> row.noise().equals(OptionalDouble.of(0))).toList();
    for (Row row : rows) {
      if (row.noise().isPresent() && row.noise().getAsDouble() > 0) {
        String label =
            row.samples().isPresent() ? row.samples().getAsInt() + " samples" : "all samples";
        lines
            .computeIfAbsent(
                label,
                name ->
                    silent.stream()
                        .map(start -> new LinePlot.Point(0, start.mean()))
                        .collect(Collectors.toCollection(ArrayList::new)))
            .add(new LinePlot.Point(row.noise().getAsDouble(), row.mean()));
      }
    }
    chart(charts, metric + ", layer " + layer, "noise", Scale.EVEN, lines);
  }

  private static void chart(
      StringBuilder charts,
      String title,
      String x,
      Scale scale,
      Map<String, List<LinePlot.Point>> points) {
    // One point is no line, and the table has it.
    if (points.values().stream().anyMatch(line -> line.size() > 1)) {
      List<LinePlot.Line> lines = new ArrayList<>();
      points.forEach((label, line) -> lines.add(new LinePlot.Line(label, line)));
      charts.append(LinePlot.of(title + ", by " + x, x, scale, title, Scale.EVEN, lines));
    }
  }

  static List<String> columns() {
    return List.of(
        "metric",
        "layer",
        "samples",
        "noise",
        "images",
        "mean",
        "interval",
        "deviation over seeds",
        "less that of most samples");
  }

  static List<String> cells(Row row) {
    return List.of(
        row.metric(),
        row.layer(),
        row.samples().isPresent() ? String.valueOf(row.samples().getAsInt()) : "default",
        row.noise().isPresent() ? Grid.Cell.number(row.noise().getAsDouble()) : "default",
        String.valueOf(row.images()),
        number(row.mean()),
        row.interval().map(i -> number(i.low()) + " to " + number(i.high())).orElse("–"),
        row.overSeeds().isPresent() ? number(row.overSeeds().getAsDouble()) : "–",
        row.lessMost()
            .map(
                difference ->
                    number(difference.mean())
                        + " ("
                        + number(difference.interval().low())
                        + " to "
                        + number(difference.interval().high())
                        + ")")
            .orElse("–"));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }
}
