package org.pellucid.bench.gpu;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Collects a report for one table in Markdown. Rows and columns stand in the order in which they
 * were first heard of. Where two engines took their times in the same arithmetic, PyTorch's divided
 * by ours stands behind: above 1 we are faster.
 */
final class Table implements Report {
  private static final String PEER = "PyTorch ";
  private static final Pattern MILLISECONDS = Pattern.compile("\\d+(\\.\\d+)?");

  private final Map<Row, Map<String, String>> rows = new LinkedHashMap<>();
  private final Set<String> columns = new LinkedHashSet<>();
  private final List<String> notes = new ArrayList<>();
  private boolean failed;

  @Override
  public synchronized void cell(Row row, String column, String text) {
    columns.add(column);
    rows.computeIfAbsent(row, key -> new LinkedHashMap<>()).put(column, text);
  }

  @Override
  public synchronized void note(String text) {
    notes.add(text);
  }

  @Override
  public synchronized void failure(String text) {
    notes.add("FAILED: " + text);
    failed = true;
  }

  /** Whether there was a failure. */
  synchronized boolean failed() {
    return failed;
  }

  /**
   * The table and the notes beneath it.
   *
   * @param engine the backend whose times are compared with PyTorch's
   */
  synchronized String text(String engine) {
    List<String> ratios =
        columns.stream()
            .filter(column -> column.startsWith(PEER))
            .map(column -> column.substring(PEER.length()))
            .filter(precision -> columns.contains(engine + " " + precision))
            .toList();
    StringBuilder text = new StringBuilder();
    List<String> head = new ArrayList<>(List.of("Network", "What", "Batch"));
    head.addAll(columns);
    ratios.forEach(precision -> head.add(precision + ": PyTorch / " + engine));
    line(text, head);
    text.append("|---".repeat(head.size())).append("|\n");
    rows.forEach(
        (row, cells) -> {
          List<String> line = new ArrayList<>(List.of(row.subject(), row.what(), row.batch()));
          columns.forEach(column -> line.add(cells.getOrDefault(column, "")));
          for (String precision : ratios) {
            line.add(ratio(cells, PEER + precision, engine + " " + precision).orElse(""));
          }
          line(text, line);
        });
    notes.forEach(note -> text.append("\n- ").append(note));
    return text.append(notes.isEmpty() ? "" : "\n").toString();
  }

  private static Optional<String> ratio(Map<String, String> cells, String above, String below) {
    String a = cells.getOrDefault(above, "");
    String b = cells.getOrDefault(below, "");
    return MILLISECONDS.matcher(a).matches() && MILLISECONDS.matcher(b).matches()
        ? Optional.of(
            String.format(Locale.ROOT, "%.2f", Double.parseDouble(a) / Double.parseDouble(b)))
        : Optional.empty();
  }

  private static void line(StringBuilder text, List<String> cells) {
    cells.forEach(cell -> text.append("| ").append(cell.replace("|", "/")).append(' '));
    text.append("|\n");
  }
}
