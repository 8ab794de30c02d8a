package org.pellucid.metrics;

import org.pellucid.api.Measurement;
import org.pellucid.api.Options;
import org.pellucid.api.Trial;

/**
 * Average drop: which part of its confidence the network loses when it sees no more than what the
 * map shows. With Y the probability of the explained class c for the image I, and O that for the
 * image times the map L from 0 to 1,
 *
 * <pre>
 * drop = max(0, Y_c - O_c) / Y_c
 * </pre>
 *
 * <p>A. Chattopadhyay, A. Sarkar, P. Howlader, V. N. Balasubramanian: "Grad-CAM++: generalized
 * gradient-based visual explanations for deep convolutional networks", WACV 2018, arXiv 1710.11063,
 * section 4.1 (source: secondary). The paper gives the mean over images in per cent; here it is a
 * part, 0 to 1. What the map hides becomes 0 in units of the network's input: the mean colour where
 * the preset takes the mean away.
 */
public final class AverageDrop extends MapMetric {
  /** As services are made. */
  public AverageDrop() {
    super(
        "average-drop",
        "The part of its confidence that the network loses when it sees the image times the map"
            + " (Chattopadhyay et al. 2018, https://arxiv.org/abs/1710.11063)",
        Direction.LOWER_IS_BETTER,
        Need.MODEL);
  }

  @Override
  public Measurement measure(Trial trial, Options options) {
    Confidence confidence = Confidence.of(trial);
    return confidence.clean() == 0
        ? Measurement.none("the class has no probability")
        : Measurement.of(
            Math.max(0, confidence.clean() - confidence.masked()) / confidence.clean());
  }
}
