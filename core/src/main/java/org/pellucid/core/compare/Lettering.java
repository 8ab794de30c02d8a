package org.pellucid.core.compare;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes into pictures, where this machine has fonts. A Java without any fails in ways of its own
 * when it first meets text; then pictures stay without.
 */
class Lettering {
  private static final Logger LOG = LoggerFactory.getLogger(Lettering.class);

  private boolean works = true;

  /** Whether everything so far could be written. */
  final boolean works() {
    return works;
  }

  /**
   * Writes a line, cut off where it is too long.
   *
   * @param x where it begins
   * @param y its baseline
   * @param width the most that it may take up
   */
  final void write(
      Graphics2D graphics,
      String text,
      int size,
      boolean bold,
      Color colour,
      int x,
      int y,
      int width) {
    if (!works) {
      return;
    }
    try {
      draw(graphics, text, size, bold, colour, x, y, width);
    } catch (RuntimeException | LinkageError | InternalError e) {
      // No fontconfig, no libfreetype, no font files: each Java says it otherwise.
      LOG.info("Pictures are without text: this Java cannot write ({})", e.toString());
      works = false;
    }
  }

  void draw(
      Graphics2D graphics,
      String text,
      int size,
      boolean bold,
      Color colour,
      int x,
      int y,
      int width) {
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setColor(colour);
    graphics.setFont(new Font(Font.SANS_SERIF, bold ? Font.BOLD : Font.PLAIN, size));
    FontMetrics metrics = graphics.getFontMetrics();
    String shown = text;
    for (int length = text.length() - 1;
        metrics.stringWidth(shown) > width && length > 0;
        length--) {
      shown = text.substring(0, length) + "\u2026";
    }
    graphics.drawString(shown, x, y);
  }
}
