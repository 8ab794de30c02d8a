package org.pellucid.bench.gpu;

/** Takes what the parts of the check find out. */
interface Report {
  /** A row of the table: of which network, what, and for how many images at once. */
  record Row(String subject, String what, String batch) {}

  /** Fills a cell of the table, or replaces what was there. */
  void cell(Row row, String column, String text);

  /** A sentence for beneath the table. */
  void note(String text);

  /** A sentence for beneath the table, because of which the check has failed. */
  void failure(String text);
}
