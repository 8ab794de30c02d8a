package org.pellucid.core.page;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** Lines over two axes, drawn in SVG. */
public final class LinePlot {
  private static final int WIDTH = 440;
  private static final int HEIGHT = 280;
  private static final int LEFT = 60;
  private static final int MARGIN = 30;
  private static final int LEGEND_ROW = 16;

  /**
   * A point.
   *
   * @param x positive on a logarithmic axis
   * @param y positive on a logarithmic axis
   */
  public record Point(double x, double y) {}

  /**
   * A line.
   *
   * @param points by ascending x, at least one
   */
  public record Line(String label, List<Point> points) {
    /** Copies the list. */
    public Line {
      points = List.copyOf(points);
    }
  }

  /** How numbers lie on an axis. */
  public enum Scale {
    /** Equal ratios are equally far apart. */
    LOGARITHMIC,
    /** Equal differences are equally far apart. */
    EVEN
  }

  private LinePlot() {}

  /** Draws lines, at least one, over logarithmic axes, with a legend below. */
  public static String of(String title, String x, String y, List<Line> lines) {
    return of(title, x, Scale.LOGARITHMIC, y, Scale.LOGARITHMIC, lines);
  }

  /** Draws lines, at least one, with a legend below. */
  public static String of(
      String title, String x, Scale xScale, String y, Scale yScale, List<Line> lines) {
    int height = HEIGHT + MARGIN + LEGEND_ROW * lines.size();
    Svg svg = new Svg(WIDTH, height, title);
    Axis across = axis(xScale, lines, Point::x, LEFT, WIDTH - 15);
    Axis up = axis(yScale, lines, Point::y, HEIGHT - MARGIN, MARGIN);
    for (double tick : up.ticks()) {
      svg.line(LEFT, up.at(tick), WIDTH - 15.0, up.at(tick), "stroke:#ddd")
          .text(LEFT - 6.0, up.at(tick) + 4, "end", LogAxis.text(tick));
    }
    for (double value :
        lines.stream()
            .flatMap(line -> line.points().stream())
            .mapToDouble(Point::x)
            .distinct()
            .sorted()
            .toArray()) {
      svg.line(across.at(value), MARGIN, across.at(value), HEIGHT - MARGIN, "stroke:#eee")
          .text(across.at(value), HEIGHT - MARGIN + 15.0, "middle", LogAxis.text(value));
    }
    svg.text(LEFT, MARGIN - 12.0, "start", y).text(WIDTH - 15.0, HEIGHT + 3.0, "end", x);
    for (int i = 0; i < lines.size(); i++) {
      draw(svg, i, lines.get(i), across, up);
    }
    return svg.end();
  }

  private static Axis axis(
      Scale scale, List<Line> lines, ToDoubleFunction<Point> number, double from, double to) {
    double[] all =
        lines.stream()
            .flatMap(line -> line.points().stream())
            .mapToDouble(number)
            .sorted()
            .toArray();
    double low = all[0];
    double high = all[all.length - 1];
    return scale == Scale.LOGARITHMIC
        ? new LogAxis(low, high, from, to)
        : new LinearAxis(low, high, from, to);
  }

  private static void draw(Svg svg, int series, Line line, Axis across, Axis up) {
    String colour = Svg.colour(series);
    String style =
        "stroke-width:2;stroke:" + colour + ";stroke-dasharray:" + dashes(Svg.dash(series));
    Point last = null;
    for (Point point : line.points()) {
      if (last != null) {
        svg.line(
            across.at(last.x()), up.at(last.y()), across.at(point.x()), up.at(point.y()), style);
      }
      String tip = line.label() + ": " + point.x() + ", " + point.y();
      svg.dot(across.at(point.x()), up.at(point.y()), colour, tip);
      last = point;
    }
    double y = HEIGHT + 22.0 + LEGEND_ROW * series;
    svg.line(LEFT, y - 4, LEFT + 30.0, y - 4, style).text(LEFT + 38.0, y, "start", line.label());
  }

  private static String dashes(String dash) {
    return dash.isEmpty() ? "none" : dash;
  }
}
