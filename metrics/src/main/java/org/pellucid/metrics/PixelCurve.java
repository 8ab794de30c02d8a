package org.pellucid.metrics;

import java.util.List;
import java.util.Set;
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

  private record Unseen(Fill by) {}

  /**
   * The area under the curve, by trapezia, over parts of the image from 0 to 1.
   *
   * @param inserting whether pixels come, rather than go
   */
  Measurement measure(Trial trial, Options options, boolean inserting) {
    int steps = options.get(STEPS);
    Tensor image = trial.probe().inputMaps();
    double[] seen = image.toDoubleArray();
    double[] unseen = options.get(fill).of(image);
    int[] places = Ranking.of(trial).places();
    int cells = places.length;
    double[] start = inserting ? unseen : seen;
    double[] end = inserting ? seen : unseen;
    double[] between =
        trial.confidences(
            Variants.of(
                steps - 1,
                image.shape(),
                index -> {
                  long changed = Math.round((index + 1.0) * cells / steps);
                  double[] pixels = start.clone();
                  for (int channel = 0; channel < pixels.length; channel += cells) {
                    for (int cell = 0; cell < cells; cell++) {
                      if (places[cell] < changed) {
                        pixels[channel + cell] = end[channel + cell];
                      }
                    }
                  }
                  return pixels;
                }));
    // The same for all methods.
    double nothing =
        trial
            .confidences(
                Variants.shared(
                    new Unseen(options.get(fill)), 1, image.shape(), index -> unseen.clone()))[0];
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
