package org.pellucid.core.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Rows of comma-separated values, by RFC 4180 but with plain line ends. */
public final class Csv {
  private final StringBuilder text = new StringBuilder();
  private final int columns;

  /** Begins with the names of the columns. */
  public Csv(String... names) {
    columns = names.length;
    row((Object[]) names);
  }

  /**
   * Adds a row; numbers in full, null as nothing.
   *
   * @throws IllegalArgumentException if it has another number of cells than there are columns
   */
  public Csv row(Object... cells) {
    if (cells.length != columns) {
      throw new IllegalArgumentException(columns + " columns, found " + cells.length);
    }
    List<Object> row = new ArrayList<>(java.util.Arrays.asList(cells));
    text.append(row.stream().map(Csv::cell).collect(Collectors.joining(","))).append('\n');
    return this;
  }

  private static String cell(Object value) {
    String cell = value == null ? "" : String.valueOf(value);
    return cell.matches("(?s).*[\",\r\n].*") ? '"' + cell.replace("\"", "\"\"") + '"' : cell;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
