package org.pellucid.metrics;

import org.pellucid.api.Measurement;
import org.pellucid.api.Options;
import org.pellucid.api.Trial;

/**
 * Average gain: which part of the confidence that was missing the network gains when it sees no
 * more than what the map shows. With Y and O as in {@link AverageDrop},
 *
 * <pre>
 * gain = max(0, O_c - Y_c) / (1 - Y_c)
 * </pre>
 *
 * <p>H. Zhang, F. Torres, R. Sicre, Y. Avrithis, S. Ayache: "Opti-CAM: optimizing saliency maps for
 * interpretability", Computer Vision and Image Understanding 2024, arXiv 2301.07002, section 4
 * (source: secondary). The counterpart of average drop: an increase counts by how large it is,
 * which {@link IncreaseInConfidence} does not see. The paper gives per cent.
 */
public final class AverageGain extends MapMetric {
  /** As services are made. */
  public AverageGain() {
    super(
        "average-gain",
        "The part of the missing confidence that the network gains when it sees the image times the"
            + " map (Zhang et al. 2024, https://arxiv.org/abs/2301.07002)",
        Direction.HIGHER_IS_BETTER,
        Need.MODEL);
  }

  @Override
  public Measurement measure(Trial trial, Options options) {
    Confidence confidence = Confidence.of(trial);
    return confidence.clean() == 1
        ? Measurement.none("no probability is missing")
        : Measurement.of(
            Math.max(0, confidence.masked() - confidence.clean()) / (1 - confidence.clean()));
  }
}
