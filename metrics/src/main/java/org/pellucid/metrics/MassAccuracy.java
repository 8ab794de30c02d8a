package org.pellucid.metrics;

import org.pellucid.api.Measurement;
import org.pellucid.api.ObjectMask;
import org.pellucid.api.Options;
import org.pellucid.api.Trial;

/**
 * Relevance mass accuracy: which part of the map lies on the objects of the explained class, within
 * their outlines. With L the map from 0 to 1,
 *
 * <pre>
 * mass = sum of L on the objects / sum of L
 * </pre>
 *
 * <p>L. Arras, A. Osman, W. Samek: "CLEVR-XAI: a benchmark dataset for the ground truth evaluation
 * of neural network explanations", Information Fusion 2022, arXiv 2003.07258, section 3.2 (source:
 * secondary). {@link EnergyInside} is the same with boxes.
 */
public final class MassAccuracy extends MapMetric {
  /** As services are made. */
  public MassAccuracy() {
    super(
        "mass-accuracy",
        "The part of the map that lies within the outlines of the objects (Arras et al. 2022,"
            + " https://arxiv.org/abs/2003.07258)",
        Direction.HIGHER_IS_BETTER,
        Need.OUTLINES);
  }

  @Override
  public Measurement measure(Trial trial, Options options) {
    return trial.objects().stream().allMatch(ObjectMask::outlined)
        ? Inside.part(trial, trial.objects())
        : Inside.NO_OUTLINE;
  }
}
