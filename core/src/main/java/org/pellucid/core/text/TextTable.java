package org.pellucid.core.text;

import java.util.ArrayList;
import java.util.List;

/** Tables for terminals. */
public final class TextTable {
  private TextTable() {}

  /** Lines with columns of equal width; the last column may be of any. */
  public static List<String> lines(List<String> columns, List<List<String>> rows) {
    List<List<String>> all = new ArrayList<>(List.of(columns));
    all.addAll(rows);
    int[] widths = new int[columns.size()];
    for (List<String> row : all) {
      // A reason in place of numbers may be long.
      int aligned = row.size() == columns.size() ? row.size() : row.size() - 1;
      for (int i = 0; i < aligned; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : all) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        line.append(row.get(i));
        if (i + 1 < row.size()) {
          line.append(" ".repeat(widths[i] - row.get(i).length() + 2));
        }
      }
      lines.add(line.toString());
    }
    return lines;
  }
}
