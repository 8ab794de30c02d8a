package org.pellucid.metrics;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.pellucid.api.GaussianNoise;
import org.pellucid.api.Measurement;
import org.pellucid.api.Metric;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Trial;
import org.pellucid.graph.Tensor;

/**
 * ROAD, remove and debias: how much surer the network stays of the class when the lowest pixels of
 * the map are taken away than when the highest are. What is taken away is guessed from what is
 * around it, with a little noise, so that neither a strange colour nor the shape of the hole tells
 * anything. With P_low(p) and P_high(p) the probability of the class when the part p of all pixels
 * is taken away, the lowest or the highest first,
 *
 * <pre>
 * road = 1/9 sum_{p = 0.1, 0.2, ... 0.9} (P_low(p) - P_high(p)) / 2
 * </pre>
 *
 * <p>Y. Rong, T. Leemann, V. Borisov, G. Kasneci, E. Kasneci: "A consistent and efficient
 * evaluation strategy for attribution methods", ICML 2022, arXiv 2202.00449 (source: secondary).
 * The paper plots accuracy by either order; one number of both is how pytorch-grad-cam ({@code
 * ROADCombined}) puts it. Neighbours' weights of 1/6 and 1/12 and the noise are those of the
 * authors' code. The curve is that of the differences, by p.
 */
public final class Road implements Metric {
  private static final String PAPER = "Rong et al. 2022, https://arxiv.org/abs/2202.00449";
  private static final int PARTS = 9;

  /** How much noise. */
  public static final Option<Double> NOISE =
      Option.number(
          "noise",
          0.01,
          0,
          1000,
          "The standard deviation of the noise on guessed pixels, in units of the network's input",
          PAPER);

  @Override
  public String id() {
    return "road";
  }

  @Override
  public String description() {
    return "How much surer the network stays without the lowest pixels than without the highest,"
        + " where what is taken away is guessed ("
        + PAPER
        + ")";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(NOISE);
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.MODEL);
  }

  @Override
  public Direction direction() {
    return Direction.HIGHER_IS_BETTER;
  }

  @Override
  public Measurement measure(Trial trial, Options options) {
    Tensor image = trial.probe().inputMaps();
    Ranking ranking = Ranking.of(trial);
    int[] highest = ranking.order();
    int[] lowest = ranking.reversed();
    double[] noise = noise(options.get(NOISE), image.size(), trial.seed());
    double[] found =
        trial.confidences(
            Variants.of(
                2 * PARTS,
                image.shape(),
                index -> {
                  int[] order = index % 2 == 0 ? lowest : highest;
                  long count = Math.round((index / 2 + 1) / 10.0 * order.length);
                  return without(image, order, (int) count, noise);
                }));
    double[] curve = new double[PARTS];
    double sum = 0;
    for (int i = 0; i < PARTS; i++) {
      curve[i] = (found[2 * i] - found[2 * i + 1]) / 2;
      sum += curve[i];
    }
    return Measurement.of(sum / PARTS, curve);
  }

  /** The same for all that is taken away. */
  private static double[] noise(double deviation, int size, long seed) {
    double[] noise = new double[size];
    if (deviation > 0) {
      GaussianNoise.fill(seed, 0, noise);
      Arrays.setAll(noise, i -> deviation * noise[i]);
    }
    return noise;
  }

  private static double[] without(Tensor image, int[] order, int count, double[] noise) {
    int height = image.shape().dim(1);
    int width = image.shape().dim(2);
    // Of an image of a few pixels, one stays.
    BitSet missing = new BitSet();
    for (int i = 0; i < Math.min(count, order.length - 1); i++) {
      missing.set(order[i]);
    }
    double[] pixels = image.toDoubleArray();
    new LinearImputation(height, width, missing).fill(pixels);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] += missing.get(i % (height * width)) ? noise[i] : 0;
    }
    return pixels;
  }
}
