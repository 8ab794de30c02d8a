package org.pellucid.core.page;

import java.awt.Color;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Charts as pictures in a page, drawn by XChart. A Java without fonts cannot draw any: pages then
 * stay without.
 */
public final class Charts {
  private static final Logger LOG = LoggerFactory.getLogger(Charts.class);
  private static final int WIDTH = 900;
  private static final int HEIGHT = 420;

  private Charts() {}

  /**
   * A number with where it lies.
   *
   * @param label what it is of
   * @param value the number
   * @param low lower end
   * @param high upper end
   */
  public record Bar(String label, double value, double low, double high) {}

  /**
   * A line.
   *
   * @param label what it is of
   * @param xs by ascending x
   * @param ys as many
   */
  public record Line(String label, double[] xs, double[] ys) {}

  /**
   * Dots with the longer half of their intervals on either side.
   *
   * @return an element of a page; empty where nothing can be drawn
   */
  public static Optional<String> dots(String title, List<Bar> bars) {
    return element(
        title,
        () -> {
          CategoryChart chart =
              new CategoryChartBuilder().width(WIDTH).height(HEIGHT).title(title).build();
          chart.getStyler().setDefaultSeriesRenderStyle(CategorySeriesRenderStyle.Scatter);
          chart.getStyler().setLegendVisible(false);
          chart.getStyler().setXAxisLabelRotation(30);
          chart.getStyler().setSeriesColors(colours());
          chart.addSeries(
              title,
              bars.stream().map(Bar::label).toList(),
              bars.stream().map(Bar::value).toList(),
              bars.stream()
                  .map(bar -> Math.max(bar.high() - bar.value(), bar.value() - bar.low()))
                  .toList());
          return chart;
        });
  }

  /**
   * Lines.
   *
   * @param x what the horizontal axis counts
   * @param y what the vertical one does
   * @return an element of a page; empty where nothing can be drawn
   */
  public static Optional<String> lines(String title, String x, String y, List<Line> lines) {
    return element(
        title,
        () -> {
          XYChart chart =
              new XYChartBuilder()
                  .width(WIDTH)
                  .height(HEIGHT)
                  .title(title)
                  .xAxisTitle(x)
                  .yAxisTitle(y)
                  .build();
          chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
          chart.getStyler().setSeriesColors(colours());
          for (Line line : lines) {
            chart.addSeries(line.label(), line.xs(), line.ys()).setMarker(SeriesMarkers.NONE);
          }
          return chart;
        });
  }

  private static Color[] colours() {
    Color[] colours = new Color[Svg.COLOURS.size()];
    for (int i = 0; i < colours.length; i++) {
      colours[i] = Color.decode(Svg.colour(i));
    }
    return colours;
  }

  private static Optional<String> element(String title, Supplier<Chart<?, ?>> made) {
    try {
      Chart<?, ?> chart = made.get();
      chart.getStyler().setLocale(Locale.ROOT);
      chart.getStyler().setChartBackgroundColor(Color.WHITE);
      return Optional.of(
          "<img class=\"chart\" alt=\""
              + Html.text(title)
              + "\" src=\""
              + Html.data(BitmapEncoder.getBufferedImage(chart))
              + "\">\n");
    } catch (RuntimeException | LinkageError | InternalError e) {
      // No fontconfig, no libfreetype, no font files: each Java says it otherwise.
      LOG.info("Pages are without charts: this Java cannot draw them ({})", e.toString());
      return Optional.empty();
    }
  }
}
