package org.pellucid.metrics;

import org.pellucid.api.Measurement;
import org.pellucid.api.ObjectMask;
import org.pellucid.api.Options;
import org.pellucid.api.Trial;

/**
 * Relevance rank accuracy: of the highest pixels of the map, as many as the objects of the
 * explained class have, which part lies on them. With G the objects' pixels and K their number,
 *
 * <pre>
 * rank = |the K highest pixels and G| / K
 * </pre>
 *
 * <p>L. Arras, A. Osman, W. Samek: "CLEVR-XAI: a benchmark dataset for the ground truth evaluation
 * of neural network explanations", Information Fusion 2022, arXiv 2003.07258, section 3.2 (source:
 * secondary). Of equal pixels, which count is drawn.
 */
public final class RankAccuracy extends MapMetric {
  /** As services are made. */
  public RankAccuracy() {
    super(
        "rank-accuracy",
        "Of the highest pixels, as many as the objects have, the part that lies on them (Arras et"
            + " al. 2022, https://arxiv.org/abs/2003.07258)",
        Direction.HIGHER_IS_BETTER,
        Need.OUTLINES);
  }

  @Override
  public Measurement measure(Trial trial, Options options) {
    if (trial.objects().isEmpty()) {
      return Inside.NO_OBJECT;
    }
    if (!trial.objects().stream().allMatch(ObjectMask::outlined)) {
      return Inside.NO_OUTLINE;
    }
    ObjectMask all = ObjectMask.union(trial.objects());
    int[] order = Ranking.of(trial).order();
    int hits = 0;
    for (int i = 0; i < all.size(); i++) {
      hits += all.contains(order[i]) ? 1 : 0;
    }
    return Measurement.of((double) hits / all.size());
  }
}
