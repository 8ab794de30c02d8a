package org.pellucid.api;

import java.util.Map;
import java.util.function.Predicate;

/** The moments of a layer's gradients, gathered until they suffice. */
final class GatheredMoments implements Gathering {
  private final Tap tap;
  private final int samples;
  private final ScoreScale score;
  private final Predicate<GradientMoments> enough;
  private MomentSums sums;

  /**
   * Moments of nothing yet.
   *
   * @param samples how many there are at most
   */
  GatheredMoments(Tap tap, int samples, ScoreScale score, Predicate<GradientMoments> enough) {
    this.tap = tap;
    this.samples = samples;
    this.score = score;
    this.enough = enough;
  }

  @Override
  public void add(Map<Tap, LayerCapture> captures) {
    LayerCapture copy = captures.get(tap);
    if (sums == null) {
      sums = new MomentSums(copy.shape(), samples, score);
    }
    sums.add(copy.score(), copy.gradientField());
  }

  @Override
  public long bytes() {
    // Only a probe that gathers for one target alone asks for these.
    return 0;
  }

  @Override
  public boolean mayStop() {
    return true;
  }

  @Override
  public boolean suffices() {
    return enough.test(moments());
  }

  /** What was gathered. */
  GradientMoments moments() {
    return sums.moments();
  }
}
