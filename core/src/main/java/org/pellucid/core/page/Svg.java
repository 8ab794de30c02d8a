package org.pellucid.core.page;

import java.util.List;
import java.util.Locale;

/** Pieces of a drawing in SVG 1.1. */
final class Svg {
  /** Told apart by people who see colours otherwise: Okabe and Ito 2008, without yellow. */
  static final List<String> COLOURS =
      List.of("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000");

  private static final List<String> DASHES = List.of("", "6 3", "2 3", "8 3 2 3");

  private final StringBuilder text = new StringBuilder();

  Svg(int width, int height, String title) {
    text.append(
        String.format(
            Locale.ROOT,
            "<svg class=\"chart\" role=\"img\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">\n",
            width,
            height,
            width,
            height));
    text.append("<title>").append(Html.text(title)).append("</title>\n");
  }

  static String colour(int series) {
    return COLOURS.get(series % COLOURS.size());
  }

  static String dash(int series) {
    return DASHES.get(series / COLOURS.size() % DASHES.size());
  }

  Svg line(double x1, double y1, double x2, double y2, String style) {
    text.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" style=\"%s\"/>\n",
            x1,
            y1,
            x2,
            y2,
            style));
    return this;
  }

  /** A dot that says something when it is pointed at. */
  Svg dot(double x, double y, String colour, String tip) {
    text.append(
            String.format(
                Locale.ROOT,
                "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" style=\"fill:%s\"><title>",
                x,
                y,
                colour))
        .append(Html.text(tip))
        .append("</title></circle>\n");
    return this;
  }

  /**
   * A text.
   *
   * @param anchor start, middle or end
   */
  Svg text(double x, double y, String anchor, String words) {
    text.append(
            String.format(
                Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor))
        .append(Html.text(words))
        .append("</text>\n");
    return this;
  }

  String end() {
    return text.append("</svg>\n").toString();
  }
}
