package org.pellucid.metrics;

import java.util.List;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import org.pellucid.api.Measurement;
import org.pellucid.api.Metric;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Trial;
import org.pellucid.graph.Tensor;

/** The probability of the class while pixels come or go, the highest of the map first. */
abstract class PixelCurve implements Metric {
  static final String PAPER = "Petsiuk et al. 2018, https://arxiv.org/abs/1806.07421";

  /** How fine. */
  public static final Option<Integer> STEPS =
      Option.integer(
          "steps",
          32,
          2,
          100_000,
          "In how many steps all pixels come or go; the paper has 224 for 224 x 224 pixels",
          PAPER);

  private final Option<Fill> fill;

  PixelCurve(Option<Fill> fill) {
    this.fill = fill;
  }

  @Override
  public List<Option<?>> options() {
    return List.of(STEPS, fill);
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.MODEL);
  }

  private record Unseen(Fill fill) {}

  /**
   * The area under the curve, by trapezia, over parts of the image from 0 to 1.
   *
   * @param inserting whether pixels come, rather than go
   */
  Measurement measure(Trial trial, Options options, boolean inserting) {
    int steps = options.get(STEPS);
    Tensor image = trial.probe().inputMaps();
    Pixels seen = Pixels.of(trial);
    Unseen by = new Unseen(options.get(fill));
    Pixels unseen = trial.onceForImage(by, Pixels.class, () -> Pixels.of(by.fill().of(image)));
    int[] order = Ranking.of(trial).order();
    Mixture mixture = new Mixture(inserting ? unseen : seen, inserting ? seen : unseen, order);
    IntUnaryOperator changed = index -> (int) Math.round((index + 1.0) * order.length / steps);
    double[] between =
        trial.confidences(
            Variants.of(steps - 1, image.shape(), index -> mixture.wide(changed.applyAsInt(index)))
                .orNarrow((index, batch) -> mixture.put(changed.applyAsInt(index), batch)));
    // The same for all methods.
    double nothing =
        trial.confidences(Variants.shared(by, 1, image.shape(), index -> unseen.wide().clone()))[0];
    double[] curve = new double[steps + 1];
    System.arraycopy(between, 0, curve, 1, steps - 1);
    curve[0] = inserting ? nothing : trial.confidence();
    curve[steps] = inserting ? trial.confidence() : nothing;
    double area = 0;
    for (int i = 0; i < steps; i++) {
      area += (curve[i] + curve[i + 1]) / 2;
    }
    return Measurement.of(area / steps, curve);
  }
}
