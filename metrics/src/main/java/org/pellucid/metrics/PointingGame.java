package org.pellucid.metrics;

import java.util.List;
import java.util.Set;
import org.pellucid.api.Measurement;
import org.pellucid.api.Metric;
import org.pellucid.api.ObjectMask;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Trial;

/**
 * The pointing game: whether the highest pixel of the map lies on an object of the explained class.
 *
 * <pre>
 * hit = 1 where the highest pixel is at most the tolerance away from an object, else 0
 * </pre>
 *
 * <p>J. Zhang, S. A. Bargal, Z. Lin, J. Brandt, X. Shen, S. Sclaroff: "Top-down neural attention by
 * excitation backprop", ECCV 2016, arXiv 1608.00507, section 4.1 (source: secondary). The paper
 * allows 15 pixels of images of about 500, and takes the mean over classes of the share of hits;
 * here nothing is allowed by default, and means are over images. Outlines count where they are
 * known, else boxes. Of several highest pixels, one is drawn.
 */
public final class PointingGame implements Metric {
  private static final String PAPER = "Zhang et al. 2016, https://arxiv.org/abs/1608.00507";

  /** How far beside. */
  public static final Option<Double> TOLERANCE =
      Option.number(
          "tolerance",
          0,
          0,
          100_000,
          "How far from an object still hits, in pixels of the network's input",
          PAPER);

  @Override
  public String id() {
    return "pointing-game";
  }

  @Override
  public String description() {
    return "Whether the highest pixel lies on an object (" + PAPER + ")";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(TOLERANCE);
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.OBJECTS);
  }

  @Override
  public Direction direction() {
    return Direction.HIGHER_IS_BETTER;
  }

  @Override
  public Measurement measure(Trial trial, Options options) {
    if (trial.objects().isEmpty()) {
      return Inside.NO_OBJECT;
    }
    Ranking ranking = Ranking.of(trial);
    int highest = ranking.order()[0];
    if (trial.shown().get(highest) == 0) {
      return Inside.NO_MAP;
    }
    ObjectMask all = ObjectMask.union(trial.objects());
    return Measurement.of(isNear(all, highest, options.get(TOLERANCE)) ? 1 : 0);
  }

  /** Whether any pixel of a mask is at most a distance away from a pixel. */
  static boolean isNear(ObjectMask mask, int pixel, double distance) {
    int y = pixel / mask.width();
    int x = pixel % mask.width();
    int reach = (int) Math.min(Math.max(mask.height(), mask.width()), Math.floor(distance));
    for (int row = Math.max(0, y - reach); row <= Math.min(mask.height() - 1, y + reach); row++) {
      for (int column = Math.max(0, x - reach);
          column <= Math.min(mask.width() - 1, x + reach);
          column++) {
        double squares = (double) (row - y) * (row - y) + (double) (column - x) * (column - x);
        if (squares <= distance * distance && mask.contains(row, column)) {
          return true;
        }
      }
    }
    return false;
  }
}
