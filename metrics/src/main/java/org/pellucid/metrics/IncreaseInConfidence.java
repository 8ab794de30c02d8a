package org.pellucid.metrics;

import org.pellucid.api.Measurement;
import org.pellucid.api.Options;
import org.pellucid.api.Trial;

/**
 * Increase in confidence: whether the network is surer of the class when it sees no more than what
 * the map shows. With Y and O as in {@link AverageDrop},
 *
 * <pre>
 * increase = 1 where O_c &gt; Y_c, else 0
 * </pre>
 *
 * <p>Its mean over images is the paper's number as a part. A. Chattopadhyay, A. Sarkar, P.
 * Howlader, V. N. Balasubramanian: "Grad-CAM++", WACV 2018, arXiv 1710.11063, section 4.1 (source:
 * secondary).
 */
public final class IncreaseInConfidence extends MapMetric {
  /** As services are made. */
  public IncreaseInConfidence() {
    super(
        "increase-in-confidence",
        "Whether the network is surer when it sees the image times the map (Chattopadhyay et al."
            + " 2018, https://arxiv.org/abs/1710.11063)",
        Direction.HIGHER_IS_BETTER,
        Need.MODEL);
  }

  @Override
  public Measurement measure(Trial trial, Options options) {
    Confidence confidence = Confidence.of(trial);
    return Measurement.of(confidence.masked() > confidence.clean() ? 1 : 0);
  }
}
