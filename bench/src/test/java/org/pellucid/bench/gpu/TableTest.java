package org.pellucid.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TableTest {
  private static final Report.Row ONE = new Report.Row("NET", "forward pass, ms", "1");
  private static final Report.Row MANY = new Report.Row("NET", "forward pass, ms", "25");

  /** As a part writes it and the check reads it. */
  private static Table table() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Report lines = new Lines(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    lines.cell(ONE, "cuda tf32", "4.00");
    lines.cell(MANY, "cuda tf32", "so far");
    lines.cell(MANY, "cuda tf32", "50.0");
    lines.cell(ONE, "cuda float32", "5.00");
    lines.cell(MANY, "PyTorch tf32", "25.0");
    lines.note("two\nlines\tare one");
    Table table = new Table();
    bytes
        .toString(StandardCharsets.UTF_8)
        .lines()
        .forEach(line -> assertThat(Lines.read(line, table)).isTrue());
    return table;
  }

  @Test
  void onesTimesStandBesideTheOthers() {
    assertThat(table().text("cuda"))
        .isEqualTo(
            """
            | Network | What | Batch | cuda tf32 | cuda float32 | PyTorch tf32 | tf32: PyTorch / cuda |
            |---|---|---|---|---|---|---|
            | NET | forward pass, ms | 1 | 4.00 | 5.00 |  |  |
            | NET | forward pass, ms | 25 | 50.0 |  | 25.0 | 0.50 |

            - two lines are one
            """);
    assertThat(table().failed()).isFalse();
  }

  @Test
  void failuresAreRemembered() {
    Table table = new Table();
    assertThat(Lines.read("failure\tit broke", table)).isTrue();
    assertThat(table.failed()).isTrue();
    assertThat(table.text("cuda")).contains("- FAILED: it broke");
  }

  @Test
  void otherLinesAreNotRead() {
    Table table = new Table();
    assertThat(Lines.read("cell\ttoo\tfew", table)).isFalse();
    assertThat(Lines.read("[main] INFO of somebody", table)).isFalse();
    assertThat(Lines.read("", table)).isFalse();
  }
}
