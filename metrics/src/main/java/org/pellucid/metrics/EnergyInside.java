package org.pellucid.metrics;

import java.util.List;
import org.pellucid.api.Measurement;
import org.pellucid.api.ObjectMask;
import org.pellucid.api.Options;
import org.pellucid.api.Trial;

/**
 * The energy-based pointing game: which part of the map lies in the boxes around the objects of the
 * explained class. With L the map from 0 to 1,
 *
 * <pre>
 * energy = sum of L within the boxes / sum of L
 * </pre>
 *
 * <p>H. Wang, Z. Wang, M. Du, F. Yang, Z. Zhang, S. Ding, P. Mardziel, X. Hu: "Score-CAM:
 * score-weighted visual explanations for convolutional neural networks", CVPR workshops 2020, arXiv
 * 1910.01279, section 4.3 (source: secondary). Where boxes overlap, what they share counts once.
 * The paper leaves out images whose objects fill more than half of them; here they count.
 */
public final class EnergyInside extends MapMetric {
  /** As services are made. */
  public EnergyInside() {
    super(
        "energy-inside",
        "The part of the map that lies in the boxes of the objects (Wang et al. 2020,"
            + " https://arxiv.org/abs/1910.01279)",
        Direction.HIGHER_IS_BETTER,
        Need.OBJECTS);
  }

  @Override
  public Measurement measure(Trial trial, Options options) {
    List<ObjectMask> boxes = trial.objects().stream().map(ObjectMask::box).toList();
    return Inside.part(trial, boxes);
  }
}
