package org.pellucid.core.bench;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import org.pellucid.core.bench.Baseline.Change;
import org.pellucid.core.bench.Worker.Memory;
import org.pellucid.core.stats.Summary;

/** Benchmarks as rows of text, for terminals and pages. */
public final class BenchmarkTable {
  private BenchmarkTable() {}

  /** Names of the columns of {@link #rows}. */
  public static List<String> columns() {
    return List.of(
        "backend",
        "device",
        "threads",
        "size",
        "method",
        "samples",
        "batch",
        "median ms",
        "quartiles",
        "images/s",
        "/ forward",
        "heap MB",
        "memory MB",
        "device MB",
        "error",
        "visits");
  }

  /** All of a benchmark; a setting in which nothing could be opened is one row. */
  public static List<List<String>> rows(BenchmarkResult result) {
    List<List<String>> rows = new ArrayList<>();
    Set<Setting> refused = new HashSet<>();
    for (Cell cell : result.cells()) {
      if (!result.refusals().containsKey(cell.setting())) {
        rows.add(row(cell));
      } else if (refused.add(cell.setting())) {
        List<String> row = new ArrayList<>(name(cell).subList(0, 4));
        row.addAll(List.of("-", "-", "-", cell.reason()));
        rows.add(row);
      }
    }
    return rows;
  }

  /** What a cell amounts to. Where it was not timed, the reason stands in place of the numbers. */
  static List<String> row(Cell cell) {
    List<String> row = new ArrayList<>(name(cell));
    if (!cell.timed()) {
      row.add(cell.reason());
      return row;
    }
    Summary summary = cell.summary();
    row.add(milliseconds(summary.median()));
    row.add(milliseconds(summary.lower()) + " - " + milliseconds(summary.upper()));
    row.add(significant(cell.imagesPerSecond()));
    OptionalDouble ratio = cell.medianToForward();
    row.add(ratio.isPresent() ? decimals(ratio.getAsDouble()) : "-");
    row.add(cell.memory().map(memory -> megabytes(memory.heap())).orElse("-"));
    row.add(megabytes(cell.memory().map(Memory::resident).orElse(OptionalLong.empty())));
    row.add(megabytes(cell.memory().map(Memory::device).orElse(OptionalLong.empty())));
    row.add(
        cell.accuracy()
            .map(agreement -> String.format(Locale.ROOT, "%.1e", agreement.relative()))
            .orElse("-"));
    row.add(Integer.toString(summary.count()));
    return row;
  }

  /** Names of the columns of {@link #row(Change)}. */
  public static List<String> changeColumns() {
    return List.of(
        "backend",
        "device",
        "threads",
        "size",
        "method",
        "samples",
        "batch",
        "/ before",
        "interval",
        "verdict");
  }

  /** What a change amounts to. */
  public static List<String> row(Change change) {
    List<String> row = new ArrayList<>(name(change.cell()));
    row.add(decimals(change.ratio().value()));
    row.add(
        change
            .ratio()
            .interval()
            .map(interval -> decimals(interval.low()) + " - " + decimals(interval.high()))
            .orElse("-"));
    row.add(
        switch (change.verdict()) {
          case SLOWER -> "SLOWER";
          case FASTER -> "faster";
          case WITHIN_NOISE -> "within noise";
          case TOO_FEW -> "too few visits";
        });
    return row;
  }

  private static List<String> name(Cell cell) {
    return List.of(
        cell.setting().backend(),
        cell.device(),
        cell.setting().threadsText(),
        cell.setting().sizeText(),
        cell.work().method(),
        samples(cell),
        cell.work().batchText());
  }

  /** As asked for, and how many it took where that was left open. */
  private static String samples(Cell cell) {
    String asked = cell.work().samples();
    Double taken = cell.measures().get("samples");
    if (asked.isEmpty()) {
      return "-";
    }
    return asked.matches("\\d+") || taken == null ? asked : asked + " (" + Math.round(taken) + ")";
  }

  static String milliseconds(double seconds) {
    return significant(1e3 * seconds);
  }

  /** Three significant figures, and no exponents for what can be read without. */
  static String significant(double value) {
    int decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  private static String decimals(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  private static String megabytes(OptionalLong bytes) {
    return bytes.isPresent() ? megabytes(bytes.getAsLong()) : "-";
  }

  private static String megabytes(long bytes) {
    return Long.toString(Math.round(bytes / 1e6));
  }
}
