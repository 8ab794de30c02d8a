package org.pellucid.metrics;

import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.pellucid.api.Measurement;
import org.pellucid.api.Metric;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Trial;
import org.pellucid.graph.Tensor;

/**
 * Max-sensitivity: how much the map can change when the image hardly does. With Phi the signed map
 * at its own resolution, and y images all of whose pixels are within r of those of x, drawn
 * uniformly,
 *
 * <pre>
 * sensitivity = max over y of |Phi(y) - Phi(x)| / |Phi(x)|, with |.| the Euclidean norm
 * </pre>
 *
 * <p>C.-K. Yeh, C.-Y. Hsieh, A. S. Suggala, D. I. Inouye, P. Ravikumar: "On the (in)fidelity and
 * sensitivity of explanations", NeurIPS 2019, arXiv 1901.09392, section 4 (source: secondary). The
 * paper's definition has no divisor; maps of different scales cannot be compared without, and
 * captum and Quantus divide as here. The largest of a few draws is below the true maximum.
 */
public final class MaxSensitivity implements Metric {
  private static final String PAPER = "Yeh et al. 2019, https://arxiv.org/abs/1901.09392";

  /** How many images. */
  public static final Option<Integer> SAMPLES =
      Option.integer("samples", 10, 1, 10_000, "How many changed images are explained", PAPER);

  /** How far. */
  public static final Option<Double> RADIUS =
      Option.number(
          "radius",
          0.02,
          0,
          10,
          "How far a pixel may go, as a part of the range of the image's numbers",
          PAPER);

  @Override
  public String id() {
    return "max-sensitivity";
  }

  @Override
  public String description() {
    return "How much the map can change when the image hardly does (" + PAPER + ")";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(SAMPLES, RADIUS);
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.EXPLANATIONS);
  }

  @Override
  public Direction direction() {
    return Direction.LOWER_IS_BETTER;
  }

  private record Nearby(double radius, int samples, long seed) {}

  @Override
  public Measurement measure(Trial trial, Options options) {
    double[] map = trial.saliency().map().toDoubleArray();
    if (norm(map) == 0) {
      return Inside.NO_MAP;
    }
    Tensor image = trial.probe().inputMaps();
    Nearby nearby = new Nearby(options.get(RADIUS), options.get(SAMPLES), trial.seed());
    Variants variants =
        Variants.shared(
            nearby, nearby.samples(), image.shape(), sample -> near(image, nearby, sample));
    double[] changes = new double[nearby.samples()];
    double largest = 0;
    for (int sample = 0; sample < changes.length; sample++) {
      changes[sample] = change(map, trial.explain(variants, sample).map().toDoubleArray());
      largest = Math.max(largest, changes[sample]);
    }
    return Measurement.of(largest, changes);
  }

  /** How far another map is from one, by how large that is. */
  static double change(double[] map, double[] other) {
    double[] difference = new double[map.length];
    for (int i = 0; i < difference.length; i++) {
      difference[i] = other[i] - map[i];
    }
    return norm(difference) / norm(map);
  }

  private static double[] near(Tensor image, Nearby nearby, int sample) {
    double[] pixels = image.toDoubleArray();
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (double pixel : pixels) {
      min = Math.min(min, pixel);
      max = Math.max(max, pixel);
    }
    double reach = nearby.radius() * (max - min);
    SplittableRandom random =
        new SplittableRandom(nearby.seed() + 0x9E3779B97F4A7C15L * (sample + 1));
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] += reach * (2 * random.nextDouble() - 1);
    }
    return pixels;
  }

  /** In units of the largest, so that no square vanishes. */
  private static double norm(double[] values) {
    double largest = 0;
    for (double value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    if (largest == 0) {
      return 0;
    }
    double sum = 0;
    for (double value : values) {
      sum += value / largest * (value / largest);
    }
    return largest * Math.sqrt(sum);
  }
}
