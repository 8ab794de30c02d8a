package org.pellucid.core.compare;

import java.awt.image.BufferedImage;
import java.util.List;
import org.pellucid.api.Option;
import org.pellucid.api.Status;
import org.pellucid.core.compare.LayerComparison.Cell;
import org.pellucid.core.compare.MapSheet.Picture;
import org.pellucid.core.render.HeatmapSettings;

/**
 * One picture of a comparison: the image first, then a row per method and a column per backend,
 * each with its names below. Maps that disagree with another backend's have a red frame.
 */
final class ContactSheet {
  private final MapSheet sheet;

  ContactSheet(HeatmapSettings rendering, Lettering lettering) {
    this.sheet = new MapSheet(rendering, lettering);
  }

  BufferedImage draw(LayerComparison comparison) {
    List<List<Picture>> rows =
        comparison.methods().stream()
            .map(
                method ->
                    comparison.backends().stream()
                        .map(backend -> picture(comparison, comparison.cell(method, backend)))
                        .toList())
            .toList();
    return sheet.draw(
        comparison.subject().name() + ": " + comparison.target().name(),
        "layer " + comparison.place().name(),
        comparison.subject(),
        rows);
  }

  private static Picture picture(LayerComparison comparison, Cell cell) {
    boolean wrong = disagrees(comparison, cell);
    return new Picture(
        cell.explanation(), cell.method(), cell.backend() + note(cell, wrong), wrong);
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
