package org.pellucid.core.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.pellucid.core.evaluate.EvaluationResult.Series;
import org.pellucid.core.evaluate.EvaluationSummary.Row;
import org.pellucid.core.text.TextTable;

/** The means of an evaluation as rows of text: a row per metric, a column per method. */
public final class EvaluationTable {
  private EvaluationTable() {}

  /** Lines with columns of equal width; (more) and (less) say which way better lies. */
  public static List<String> lines(EvaluationResult result) {
    EvaluationSummary summary = EvaluationSummary.of(result);
    return TextTable.lines(columns(summary), rows(summary));
  }

  /** Names of the columns. */
  static List<String> columns(EvaluationSummary summary) {
    List<String> columns = new ArrayList<>(List.of("metric"));
    series(summary).forEach(one -> columns.add(label(one, series(summary))));
    return columns;
  }

  private static List<Series> series(EvaluationSummary summary) {
    return summary.rows().stream().map(Row::series).distinct().toList();
  }

  /** A row per metric. */
  static List<List<String>> rows(EvaluationSummary summary) {
    List<List<String>> rows = new ArrayList<>();
    for (String metric : summary.rows().stream().map(Row::metric).distinct().toList()) {
      List<Row> own = summary.rows().stream().filter(row -> row.metric().equals(metric)).toList();
      List<String> row = new ArrayList<>(List.of(metric + arrow(own.get(0).direction())));
      for (Series series : series(summary)) {
        row.add(
            own.stream()
                .filter(one -> one.series().equals(series))
                .map(EvaluationTable::mean)
                .findFirst()
                .orElse("-"));
      }
      rows.add(row);
    }
    return rows;
  }

  /** A series in as few words as tell it from the others. */
  static String label(Series series, List<Series> all) {
    String label = series.method();
    if (all.stream().map(Series::layer).distinct().count() > 1) {
      label += " " + series.layer();
    }
    if (all.stream().map(Series::backend).distinct().count() > 1) {
      label += " " + series.backend();
    }
    return label;
  }

  private static String mean(Row row) {
    return String.format(
        Locale.ROOT,
        "%s [%s, %s]",
        number(row.mean()),
        number(row.interval().low()),
        number(row.interval().high()));
  }

  private static String number(double value) {
    return value == 0 ? "0" : String.format(Locale.ROOT, "%.3g", value);
  }

  private static String arrow(String direction) {
    return switch (direction) {
      case "higher-is-better" -> " (more)";
      case "lower-is-better" -> " (less)";
      default -> "";
    };
  }
}
