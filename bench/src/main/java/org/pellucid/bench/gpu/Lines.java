package org.pellucid.bench.gpu;

import java.io.PrintStream;

/**
 * A report as lines of text, from one process to another: a word for the kind, and what there is to
 * say, with tabs between. {@code pytorch.py} writes the same.
 */
final class Lines implements Report {
  private static final String CELL = "cell";
  private static final String NOTE = "note";
  private static final String FAILURE = "failure";

  private final PrintStream out;

  Lines(PrintStream out) {
    this.out = out;
  }

  @Override
  public void cell(Row row, String column, String text) {
    line(CELL, row.subject(), row.what(), row.batch(), column, text);
  }

  @Override
  public void note(String text) {
    line(NOTE, text);
  }

  @Override
  public void failure(String text) {
    line(FAILURE, text);
  }

  private void line(String... parts) {
    String[] words = new String[parts.length];
    for (int i = 0; i < parts.length; i++) {
      words[i] = parts[i].replaceAll("\\s+", " ");
    }
    out.println(String.join("\t", words));
    out.flush();
  }

  /**
   * Reads a line.
   *
   * @return whether it was one of a report
   */
  static boolean read(String line, Report report) {
    String[] parts = line.split("\t", -1);
    if (parts.length == 6 && parts[0].equals(CELL)) {
      report.cell(new Row(parts[1], parts[2], parts[3]), parts[4], parts[5]);
    } else if (parts.length == 2 && parts[0].equals(NOTE)) {
      report.note(parts[1]);
    } else if (parts.length == 2 && parts[0].equals(FAILURE)) {
      report.failure(parts[1]);
    } else {
      return false;
    }
    return true;
  }
}
