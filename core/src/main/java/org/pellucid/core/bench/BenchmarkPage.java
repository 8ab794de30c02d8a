package org.pellucid.core.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;
import org.pellucid.core.Version;
import org.pellucid.core.bench.Baseline.Change;
import org.pellucid.core.bench.BenchmarkReport.Facts;
import org.pellucid.core.page.Html;
import org.pellucid.core.page.IntervalPlot;
import org.pellucid.core.page.LinePlot;
import org.pellucid.core.page.Page;
import org.pellucid.core.stats.Summary;

/** {@code bench.html}: tables and plots. */
final class BenchmarkPage {
  private BenchmarkPage() {}

  static String of(Facts facts, BenchmarkResult result, List<Change> changes) {
    Page page = new Page("Benchmark of " + facts.model(), BenchmarkPage.class, "bench.css", "");
    StringBuilder html = new StringBuilder(page.head());
    html.append("<p class=\"faint\">").append(Html.text(summary(facts, result))).append("</p>\n");
    html.append("</header>\n<main>\n");
    changes(html, changes);
    times(html, result.cells());
    html.append(Page.table("Everything", BenchmarkTable.columns(), BenchmarkTable.rows(result)));
    scaling(html, result.cells());
    return html.append(page.foot()).toString();
  }

  private static String summary(Facts facts, BenchmarkResult result) {
    return "Image "
        + facts.image()
        + "; "
        + facts.request().precision().id()
        + "; "
        + facts.machine().describe()
        + ". Maps were held against: "
        + result.reference()
        + ". SHA-256 of the model "
        + facts.modelSha256()
        + ". Made by Pellucid "
        + Version.current()
        + ".";
  }

  private static void changes(StringBuilder html, List<Change> changes) {
    if (!changes.isEmpty()) {
      html.append(
          Page.table(
              "Against the earlier run",
              BenchmarkTable.changeColumns(),
              changes.stream().map(BenchmarkTable::row).toList()));
    }
  }

  private static void times(StringBuilder html, List<Cell> cells) {
    Map<String, Integer> series = new LinkedHashMap<>();
    List<IntervalPlot.Row> rows = new ArrayList<>();
    for (Cell cell : cells) {
      if (cell.timed()) {
        Summary summary = cell.summary();
        String label = Scaling.name(cell);
        rows.add(
            new IntervalPlot.Row(
                label,
                series.computeIfAbsent(cell.setting().toString(), name -> series.size()),
                1e3 * summary.lower(),
                1e3 * summary.median(),
                1e3 * summary.upper(),
                label + ": " + BenchmarkTable.milliseconds(summary.median()) + " ms"));
      }
    }
    if (!rows.isEmpty()) {
      html.append("<section>\n<h2>Time</h2>\n<p>Medians of the visits, with quartiles.</p>\n")
          .append(IntervalPlot.of("Time of every work", "ms", rows))
          .append("</section>\n");
    }
  }

  private static void scaling(StringBuilder html, List<Cell> cells) {
    for (Scaling scaling : Scaling.values()) {
      StringBuilder charts = new StringBuilder();
      chart(charts, scaling, cells, "ms", cell -> OptionalDouble.of(1e3 * cell.summary().median()));
      chart(
          charts,
          scaling,
          cells,
          "MB of heap",
          cell -> megabytes(memory(cell, memory -> OptionalLong.of(memory.heap()))));
      chart(
          charts,
          scaling,
          cells,
          "MB of the process",
          cell -> megabytes(memory(cell, Worker.Memory::resident)));
      chart(
          charts,
          scaling,
          cells,
          "MB of the device",
          cell -> megabytes(memory(cell, Worker.Memory::device)));
      if (!charts.isEmpty()) {
        html.append("<section>\n<h2>With ")
            .append(Html.text(scaling.label()))
            .append("</h2>\n<p>Both axes are logarithmic.</p>\n<div class=\"charts\">\n")
            .append(charts)
            .append("</div>\n</section>\n");
      }
    }
  }

  private static OptionalLong memory(Cell cell, Function<Worker.Memory, OptionalLong> part) {
    return cell.memory().map(part).orElse(OptionalLong.empty());
  }

  private static OptionalDouble megabytes(OptionalLong bytes) {
    return bytes.isPresent() && bytes.getAsLong() > 0
        ? OptionalDouble.of(bytes.getAsLong() / 1e6)
        : OptionalDouble.empty();
  }

  private static void chart(
      StringBuilder html,
      Scaling scaling,
      List<Cell> cells,
      String unit,
      Function<Cell, OptionalDouble> height) {
    List<LinePlot.Line> lines = scaling.lines(cells, height);
    if (!lines.isEmpty()) {
      html.append(LinePlot.of(unit + " by " + scaling.label(), scaling.label(), unit, lines));
    }
  }
}
