package org.pellucid.metrics;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.pellucid.api.GaussianNoise;
import org.pellucid.api.Measurement;
import org.pellucid.api.Metric;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Trial;
import org.pellucid.graph.Tensor;

/**
 * Infidelity: how far the signed map is from predicting what changes of the image do to the score.
 * With f the score (the logit), x the image, I a random change, and Phi the map, the same for all
 * channels,
 *
 * <pre>
 * infidelity = E_I (beta sum I Phi - (f(x) - f(x - I)))^2
 * </pre>
 *
 * <p>C.-K. Yeh, C.-Y. Hsieh, A. S. Suggala, D. I. Inouye, P. Ravikumar: "On the (in)fidelity and
 * sensitivity of explanations", NeurIPS 2019, arXiv 1901.09392, equation 1 (source: secondary).
 * Changes are squares that become 0 in units of the network's input, at random places ({@code
 * square}), or Gaussian noise on every pixel ({@code gaussian}).
 *
 * <p>Methods give maps of all scales, and beta makes up for that: 1 with {@code scale=none}, as in
 * equation 1; with {@code optimal} the one that makes infidelity smallest, E(sum I Phi (f(x) - f(x
 * - I))) / E(sum I Phi)^2, as captum's {@code normalize}; with {@code relative}, the default, that
 * one, and the result divided by E(f(x) - f(x - I))^2: 0 where the map predicts every change, 1
 * where it predicts none.
 */
public final class Infidelity implements Metric {
  private static final String PAPER = "Yeh et al. 2019, https://arxiv.org/abs/1901.09392";

  /** How the image is changed. */
  public enum Change {
    /** A square becomes 0. */
    SQUARE,
    /** Noise on every pixel. */
    GAUSSIAN
  }

  /** What is done about the scale of maps. */
  public enum Scale {
    /** Nothing. */
    NONE,
    /** The best factor. */
    OPTIMAL,
    /** The best factor, and the result as a part. */
    RELATIVE
  }

  /** How many changes. */
  public static final Option<Integer> SAMPLES =
      Option.integer("samples", 50, 2, 100_000, "How many changes are tried", PAPER);

  /** Which changes. */
  public static final Option<Change> CHANGE =
      Option.choice("change", Change.SQUARE, "How the image is changed", PAPER);

  /** How large squares are. */
  public static final Option<Double> SIDE =
      Option.number(
          "side", 0.25, 0.001, 1, "The side of the square, as a part of the image's shorter", "");

  /** How much noise. */
  public static final Option<Double> NOISE =
      Option.number(
          "noise",
          0.2,
          0,
          1000,
          "The standard deviation of the noise, in units of the network's input",
          PAPER);

  /** What is done about the scale of maps. */
  public static final Option<Scale> SCALE =
      Option.choice("scale", Scale.RELATIVE, "What is done about the scale of maps", PAPER);

  @Override
  public String id() {
    return "infidelity";
  }

  @Override
  public String description() {
    return "How far the map is from predicting what changes of the image do to the score ("
        + PAPER
        + ")";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(SAMPLES, CHANGE, SIDE, NOISE, SCALE);
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.MODEL);
  }

  @Override
  public Direction direction() {
    return Direction.LOWER_IS_BETTER;
  }

  /** Changes of an image: the same for all methods. */
  private record Changes(Change change, double size, int samples, long seed) {
    /** x - I of a sample, channels first. */
    double[] changed(Tensor image, int sample) {
      double[] pixels = image.toDoubleArray();
      if (change == Change.GAUSSIAN) {
        double[] noise = noise(pixels.length, sample);
        Arrays.setAll(pixels, i -> pixels[i] - noise[i]);
      } else {
        Square square = square(image, sample);
        for (int row = 0; row < image.shape().dim(0) * square.side(); row++) {
          int start = square.row(row);
          Arrays.fill(pixels, start, start + square.side(), 0);
        }
      }
      return pixels;
    }

    /** Puts the same, rounded to single precision, where a batch has them; squares change. */
    void put(Tensor image, Pixels pixels, int sample, FloatBuffer batch) {
      int first = batch.position();
      batch.put(pixels.narrow());
      Square square = square(image, sample);
      float[] zeros = new float[square.side()];
      for (int row = 0; row < image.shape().dim(0) * square.side(); row++) {
        batch.put(first + square.row(row), zeros);
      }
    }

    /** What a map says of a sample: sum I Phi. */
    double predicted(Tensor image, double[] pixels, double[] map, int sample) {
      if (change == Change.GAUSSIAN) {
        return Infidelity.predicted(noise(pixels.length, sample), map);
      }
      // Elsewhere I is 0.
      Square square = square(image, sample);
      double sum = 0;
      for (int row = 0; row < image.shape().dim(0) * square.side(); row++) {
        int start = square.row(row);
        int cell = start % map.length;
        for (int i = 0; i < square.side(); i++) {
          sum += pixels[start + i] * map[cell + i];
        }
      }
      return sum;
    }

    private double[] noise(int length, int sample) {
      double[] z = new double[length];
      GaussianNoise.fill(seed, sample, z);
      Arrays.setAll(z, i -> size * z[i]);
      return z;
    }

    private Square square(Tensor image, int sample) {
      int height = image.shape().dim(1);
      int width = image.shape().dim(2);
      int side = (int) Math.max(1, Math.round(size * Math.min(height, width)));
      SplittableRandom random = new SplittableRandom(seed + 0x9E3779B97F4A7C15L * (sample + 1));
      int top = random.nextInt(height - side + 1);
      int left = random.nextInt(width - side + 1);
      return new Square(height, width, side, top, left);
    }
  }

  /** Where a square lies in an image. */
  private record Square(int height, int width, int side, int top, int left) {
    /** Where one of its rows begins, of all channels. */
    int row(int row) {
      return (row / side * height + top + row % side) * width + left;
    }
  }

  @Override
  public Measurement measure(Trial trial, Options options) {
    Tensor image = trial.probe().inputMaps();
    Change change = options.get(CHANGE);
    int samples = options.get(SAMPLES);
    Changes changes =
        new Changes(
            change, options.get(change == Change.SQUARE ? SIDE : NOISE), samples, trial.seed());
    Pixels clean = Pixels.of(trial);
    Variants variants =
        Variants.shared(changes, samples, image.shape(), sample -> changes.changed(image, sample));
    double[] scores =
        trial
            .probe()
            .scoresOf(
                trial
                    .probe()
                    .variants(
                        change == Change.SQUARE
                            ? variants.orNarrow(
                                (sample, batch) -> changes.put(image, clean, sample, batch))
                            : variants));
    double score = trial.probe().target().value(trial.probe().scores().toDoubleArray());
    double[] pixels = clean.wide();
    double[] map = trial.signed().toDoubleArray();
    double[] predicted = new double[samples];
    double[] found = new double[samples];
    for (int sample = 0; sample < samples; sample++) {
      predicted[sample] = changes.predicted(image, pixels, map, sample);
      found[sample] = score - scores[sample];
    }
    return of(predicted, found, options.get(SCALE));
  }

  /** What a map says of a change: sum I Phi. */
  static double predicted(double[] change, double[] map) {
    double sum = 0;
    for (int start = 0; start < change.length; start += map.length) {
      for (int i = 0; i < map.length; i++) {
        sum += change[start + i] * map[i];
      }
    }
    return sum;
  }

  /**
   * The infidelity of predictions.
   *
   * @param predicted sum I Phi by change
   * @param found f(x) - f(x - I) by change
   */
  static Measurement of(double[] predicted, double[] found, Scale scale) {
    double pp = 0;
    double pf = 0;
    double ff = 0;
    for (int i = 0; i < found.length; i++) {
      pp += predicted[i] * predicted[i];
      pf += predicted[i] * found[i];
      ff += found[i] * found[i];
    }
    if (scale == Scale.RELATIVE && ff == 0) {
      return Measurement.none("no change of the image changes the score");
    }
    double beta = scale == Scale.NONE ? 1 : pp == 0 ? 0 : pf / pp;
    double sum = 0;
    for (int i = 0; i < found.length; i++) {
      double error = beta * predicted[i] - found[i];
      sum += error * error;
    }
    return finite(scale == Scale.RELATIVE ? sum / ff : sum / found.length);
  }

  private static Measurement finite(double value) {
    return Double.isFinite(value)
        ? Measurement.of(value)
        : Measurement.none("the map's numbers are too large to be multiplied");
  }
}
