package org.pellucid.core.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.pellucid.core.evaluate.EvaluationResult.Series;
import org.pellucid.core.evaluate.EvaluationSummary.Row;
import org.pellucid.core.text.TextTable;

/** The means of an evaluation as rows of text: a row per method, a column per metric. */
public final class EvaluationTable {
  private EvaluationTable() {}

  /** Lines with columns of equal width; an arrow says which way better lies. */
  public static List<String> lines(EvaluationResult result) {
    EvaluationSummary summary = EvaluationSummary.of(result);
    return TextTable.lines(columns(summary), rows(summary));
  }

  /** Names of the columns. */
  static List<String> columns(EvaluationSummary summary) {
    List<String> columns = new ArrayList<>(List.of("method"));
    if (several(summary, Series::layer)) {
      columns.add("layer");
    }
    if (several(summary, Series::backend)) {
      columns.add("backend");
    }
    summary.rows().stream()
        .map(row -> row.metric() + " " + arrow(row.direction()))
        .distinct()
        .forEach(columns::add);
    return columns;
  }

  /** A row per series. */
  static List<List<String>> rows(EvaluationSummary summary) {
    List<String> metrics = summary.rows().stream().map(Row::metric).distinct().toList();
    List<List<String>> rows = new ArrayList<>();
    for (Series series : summary.rows().stream().map(Row::series).distinct().toList()) {
      List<String> row = new ArrayList<>(List.of(series.method()));
      if (several(summary, Series::layer)) {
        row.add(series.layer());
      }
      if (several(summary, Series::backend)) {
        row.add(series.backend());
      }
      for (String metric : metrics) {
        row.add(
            summary.rows().stream()
                .filter(one -> one.metric().equals(metric) && one.series().equals(series))
                .map(EvaluationTable::mean)
                .findFirst()
                .orElse("-"));
      }
      rows.add(row);
    }
    return rows;
  }

  private static boolean several(EvaluationSummary summary, Function<Series, String> part) {
    return summary.rows().stream().map(Row::series).map(part).distinct().count() > 1;
  }

  private static String mean(Row row) {
    return String.format(
        Locale.ROOT, "%.4g [%.4g, %.4g]", row.mean(), row.interval().low(), row.interval().high());
  }

  private static String arrow(String direction) {
    return switch (direction) {
      case "higher-is-better" -> "(more)";
      case "lower-is-better" -> "(less)";
      default -> "";
    };
  }
}
