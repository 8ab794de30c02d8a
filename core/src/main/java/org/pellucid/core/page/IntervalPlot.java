package org.pellucid.core.page;

import java.util.List;

/** Rows of numbers with their spread on one logarithmic axis, drawn in SVG. */
public final class IntervalPlot {
  private static final int WIDTH = 900;
  private static final int LABELS = 360;
  private static final int ROW = 22;
  private static final int MARGIN = 30;

  /**
   * A row.
   *
   * @param label what it is
   * @param series a number that gives it its colour
   * @param low lower end, positive
   * @param middle where the dot is
   * @param high upper end
   * @param tip what is said when it is pointed at
   */
  public record Row(String label, int series, double low, double middle, double high, String tip) {}

  private IntervalPlot() {}

  /** Draws rows, at least one. */
  public static String of(String title, String unit, List<Row> rows) {
    int height = 2 * MARGIN + ROW * rows.size();
    Svg svg = new Svg(WIDTH, height, title);
    LogAxis axis =
        new LogAxis(
            rows.stream().mapToDouble(Row::low).min().orElseThrow(),
            rows.stream().mapToDouble(Row::high).max().orElseThrow(),
            LABELS,
            WIDTH - 20.0);
    for (double tick : axis.ticks()) {
      svg.line(axis.at(tick), MARGIN, axis.at(tick), height - MARGIN, "stroke:#ddd")
          .text(axis.at(tick), height - MARGIN + 16.0, "middle", LogAxis.text(tick));
    }
    svg.text(WIDTH - 20.0, MARGIN - 10.0, "end", unit);
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      double y = MARGIN + ROW * (i + 0.5);
      String colour = Svg.colour(row.series());
      svg.text(LABELS - 10.0, y + 4, "end", row.label())
          .line(axis.at(row.low()), y, axis.at(row.high()), y, "stroke-width:3;stroke:" + colour)
          .dot(axis.at(row.middle()), y, colour, row.tip());
    }
    return svg.end();
  }
}
