package org.pellucid.core.compare;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Optional;
import org.pellucid.core.Explanation;
import org.pellucid.core.Subject;
import org.pellucid.core.render.HeatmapSettings;

/** One picture of many maps: the image first, then rows of maps, each with its names below. */
public final class MapSheet {
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

  /**
   * A map with its names.
   *
   * @param explanation what is drawn; crossed out where there is none
   * @param name below it
   * @param note below the name
   * @param wrong whether it has a red frame
   */
  public record Picture(
      Optional<Explanation> explanation, String name, String note, boolean wrong) {
    /** A map. */
    public static Picture of(Explanation explanation, String name, String note) {
      return new Picture(Optional.of(explanation), name, note, false);
    }
  }

  /** Draws sheets. */
  public MapSheet(HeatmapSettings rendering) {
    this(rendering, new Lettering());
  }

  MapSheet(HeatmapSettings rendering, Lettering lettering) {
    this.rendering = rendering;
    this.lettering = lettering;
  }

  /** Whether names could be written so far; not on a machine without fonts. */
  public boolean lettered() {
    return lettering.works();
  }

  /**
   * Draws a sheet.
   *
   * @param title above it
   * @param subtitle below the title
   * @param subject whose maps they are
   * @param rows of maps, at least one, and one map at least in one of them
   */
  public BufferedImage draw(
      String title, String subtitle, Subject subject, List<List<Picture>> rows) {
    Thumbnail thumbnail = Thumbnail.of(subject, LONGEST);
    int columns = rows.stream().mapToInt(List::size).max().orElseThrow() + 1;
    int cell = Math.max(NARROWEST, thumbnail.width());
    int stepX = cell + GAP;
    int stepY = thumbnail.height() + CAPTION + GAP;
    BufferedImage sheet =
        new BufferedImage(
            GAP + columns * stepX, HEADER + rows.size() * stepY, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
    int whole = sheet.getWidth() - 2 * GAP;
    lettering.write(graphics, title, 17, true, INK, GAP, 24, whole);
    lettering.write(graphics, subtitle, 13, false, FAINT, GAP, 44, whole);
    graphics.drawImage(thumbnail.image(), GAP, HEADER, null);
    HeatmapSettings settings = subject.image().isPresent() ? rendering : rendering.withOverlay(1);
    for (int row = 0; row < rows.size(); row++) {
      for (int column = 0; column < rows.get(row).size(); column++) {
        Picture shown = rows.get(row).get(column);
        int x = GAP + (column + 1) * stepX;
        int y = HEADER + row * stepY;
        draw(graphics, shown, thumbnail, settings, x, y);
        int below = y + thumbnail.height();
        lettering.write(graphics, shown.name(), 13, true, INK, x, below + 16, cell);
        Color colour = shown.wrong() ? RED : FAINT;
        lettering.write(graphics, shown.note(), 13, shown.wrong(), colour, x, below + 33, cell);
      }
    }
    graphics.dispose();
    return sheet;
  }

  private static void draw(
      Graphics2D graphics,
      Picture shown,
      Thumbnail thumbnail,
      HeatmapSettings settings,
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
    graphics.drawImage(thumbnail.overlay(shown.explanation().get(), settings), x, y, null);
    if (shown.wrong()) {
      graphics.setColor(RED);
      graphics.setStroke(new BasicStroke(4));
      graphics.drawRect(x - 3, y - 3, width + 5, height + 5);
    }
  }
}
