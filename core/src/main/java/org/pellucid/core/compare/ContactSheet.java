package org.pellucid.core.compare;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import org.pellucid.api.Option;
import org.pellucid.api.Status;
import org.pellucid.core.compare.LayerComparison.Cell;
import org.pellucid.core.render.HeatmapSettings;

/**
 * One picture of a comparison: the image first, then a row per method and a column per backend,
 * each with its names below. Maps that disagree with another backend's have a red frame.
 */
final class ContactSheet {
  private static final int LONGEST = 240;
  private static final int GAP = 12;
  private static final int HEADER = 56;
  private static final int CAPTION = 40;
  private static final int NARROWEST = 160;
  private static final Color INK = new Color(0x1a1a1a);
  private static final Color FAINT = new Color(0x595959);
  private static final Color RED = new Color(0xb00020);

  private final HeatmapSettings rendering;
  private final Lettering lettering;

  ContactSheet(HeatmapSettings rendering, Lettering lettering) {
    this.rendering = rendering;
    this.lettering = lettering;
  }

  BufferedImage draw(LayerComparison comparison) {
    Thumbnail thumbnail = Thumbnail.of(comparison.subject(), LONGEST);
    int columns = comparison.backends().size() + 1;
    int rows = comparison.methods().size();
    int cell = Math.max(NARROWEST, thumbnail.width());
    int stepX = cell + GAP;
    int stepY = thumbnail.height() + CAPTION + GAP;
    BufferedImage sheet =
        new BufferedImage(GAP + columns * stepX, HEADER + rows * stepY, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
    int whole = sheet.getWidth() - 2 * GAP;
    String title = comparison.subject().name() + ": " + comparison.target().name();
    lettering.write(graphics, title, 17, true, INK, GAP, 24, whole);
    String layer = "layer " + comparison.place().name();
    lettering.write(graphics, layer, 13, false, FAINT, GAP, 44, whole);
    graphics.drawImage(thumbnail.image(), GAP, HEADER, null);
    for (int row = 0; row < rows; row++) {
      for (int column = 1; column < columns; column++) {
        Cell shown =
            comparison.cell(comparison.methods().get(row), comparison.backends().get(column - 1));
        int x = GAP + column * stepX;
        int y = HEADER + row * stepY;
        draw(graphics, comparison, shown, thumbnail, x, y);
        int below = y + thumbnail.height();
        lettering.write(graphics, shown.method(), 13, true, INK, x, below + 16, cell);
        boolean wrong = disagrees(comparison, shown);
        String note = shown.backend() + note(shown, wrong);
        lettering.write(graphics, note, 13, wrong, wrong ? RED : FAINT, x, below + 33, cell);
      }
    }
    graphics.dispose();
    return sheet;
  }

  private void draw(
      Graphics2D graphics,
      LayerComparison comparison,
      Cell shown,
      Thumbnail thumbnail,
      int x,
      int y) {
    int width = thumbnail.width();
    int height = thumbnail.height();
    if (shown.explanation().isEmpty()) {
      graphics.setColor(FAINT);
      graphics.setStroke(new BasicStroke(1));
      graphics.drawRect(x, y, width - 1, height - 1);
      graphics.drawLine(x, y, x + width - 1, y + height - 1);
      graphics.drawLine(x, y + height - 1, x + width - 1, y);
      return;
    }
    HeatmapSettings settings =
        comparison.subject().image().isPresent() ? rendering : rendering.withOverlay(1);
    graphics.drawImage(thumbnail.overlay(shown.explanation().orElseThrow(), settings), x, y, null);
    if (disagrees(comparison, shown)) {
      graphics.setColor(RED);
      graphics.setStroke(new BasicStroke(4));
      graphics.drawRect(x - 3, y - 3, width + 5, height + 5);
    }
  }

  private static String note(Cell cell, boolean wrong) {
    if (cell.explanation().isEmpty()) {
      return ": cannot be used";
    }
    Status status = cell.explanation().orElseThrow().saliency().status();
    String shown = status == Status.OK ? "" : ": " + Option.text(status).replace('-', ' ');
    return wrong ? ": DISAGREES" : shown;
  }

  /** Whether a cell is one of two that disagree. */
  static boolean disagrees(LayerComparison comparison, Cell cell) {
    return comparison.betweenBackends().stream()
        .filter(pair -> pair.verdict().isDifference() && pair.method().equals(cell.method()))
        .anyMatch(
            pair -> pair.first().equals(cell.backend()) || pair.second().equals(cell.backend()));
  }
}
