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
 * The area under the IoU-threshold curve: the mean of {@link Iou} over all thresholds, so that no
 * method is favoured by the choice of one. With n thresholds in the middle of equal parts,
 *
 * <pre>
 * area = 1/n sum_{k=1..n} iou at (k - 1/2) / n
 * </pre>
 *
 * <p>No single paper's; the idea is that of J. Choe, S. J. Oh, S. Lee, S. Chun, Z. Akata, H. Shim:
 * "Evaluating weakly supervised object localization methods right", CVPR 2020, arXiv 2001.07437
 * (source: secondary), who make their measures free of the threshold. The curve is that of the IoU.
 */
public final class IouCurve implements Metric {
  private static final String PAPER = "Choe et al. 2020, https://arxiv.org/abs/2001.07437";

  /** How many. */
  public static final Option<Integer> THRESHOLDS =
      Option.integer("thresholds", 20, 1, 10_000, "How many thresholds are looked at", PAPER);

  @Override
  public String id() {
    return "iou-curve";
  }

  @Override
  public String description() {
    return "The area under the curve of intersection over union by threshold (" + PAPER + ")";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(THRESHOLDS);
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
    double[] map = trial.shown().toDoubleArray();
    ObjectMask objects = ObjectMask.union(trial.objects());
    double[] curve = new double[options.get(THRESHOLDS)];
    double sum = 0;
    for (int k = 0; k < curve.length; k++) {
      curve[k] = Iou.at(map, objects, (k + 0.5) / curve.length);
      sum += curve[k];
    }
    return Measurement.of(sum / curve.length, curve);
  }
}
