package org.pellucid.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.pellucid.api.CaptureConsumer;
import org.pellucid.api.GaussianNoise;
import org.pellucid.api.GradientMoments;
import org.pellucid.api.Inputs;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.LayerActivations;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Noise;
import org.pellucid.api.ScoreScale;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.gradient.GradientRules;

/**
 * A probe without a backend: a network of one layer is given as a function, and averages are taken
 * in the plainest way, over a list of all samples. For tests of explainers.
 *
 * <pre>{@code
 * ModelProbe probe = ArrayProbe.constant(activations, gradients, 54, Shape.of(2, 2, 2));
 * Saliency saliency = new GradCam().explain(probe, Selection.of(ArrayProbe.LAYER), Options.DEFAULTS);
 * }</pre>
 */
public final class ArrayProbe implements ModelProbe {
  /** The only layer. */
  public static final Tap LAYER = new Tap("layer");

  /** The input. */
  public static final Tap INPUT = new Tap("input");

  private final Tensor input;
  private final Network network;
  private final LayerCapture clean;

  /** A network with one layer. */
  @FunctionalInterface
  public interface Network {
    /** What an input of shape [1, C, H, W], float64, gives at {@link #LAYER}. */
    LayerCapture run(Tensor input);
  }

  private ArrayProbe(Tensor input, Network network) {
    this.input = input;
    this.network = network;
    this.clean = network.run(input);
  }

  /** A probe of a network at an input [1, C, H, W], float64. */
  public static ArrayProbe of(Tensor input, Network network) {
    return new ArrayProbe(input, network);
  }

  /**
   * A probe whose layer is the same for every input of 8 by 8 pixels.
   *
   * @param shape K, h and w
   */
  public static ArrayProbe constant(
      double[] activations, double[] gradients, double score, Shape shape) {
    LayerCapture capture = new LayerCapture(LAYER, shape, activations, gradients, score);
    double[] pixels = new double[64];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i / 63.0;
    }
    return new ArrayProbe(Tensor.of(Shape.of(1, 1, 8, 8), pixels), image -> capture);
  }

  @Override
  public ModelGraph graph() {
    return ModelGraph.of(
        Map.of("input", input.type()), Map.of(), List.of(), List.of("input"), Map.of());
  }

  @Override
  public Tensor input() {
    return input;
  }

  @Override
  public Shape inputSpace() {
    return Shape.of(Arrays.copyOfRange(input.shape().dims(), 2, input.shape().rank()));
  }

  @Override
  public Target target() {
    return Target.ofClass(0);
  }

  @Override
  public Tensor scores() {
    return Tensor.of(Shape.of(1), clean.score());
  }

  @Override
  public Tap inputTap() {
    return INPUT;
  }

  @Override
  public Tensor inputMaps() {
    return maps(input);
  }

  private static Tensor maps(Tensor input) {
    int[] shape = input.shape().dims();
    return input.reshape(Shape.of(Arrays.copyOfRange(shape, 1, shape.length)));
  }

  @Override
  public Inputs variants(Inputs maps) {
    return new Inputs() {
      @Override
      public int count() {
        return maps.count();
      }

      @Override
      public Tensor get(int index) {
        return maps.get(index).reshape(input.shape());
      }
    };
  }

  @Override
  public LayerCapture capture(Tap tap) {
    check(tap);
    return tap.equals(LAYER) ? clean : captured(tap, input);
  }

  private LayerCapture captured(Tap tap, Tensor variant) {
    LayerCapture layer = network.run(variant);
    if (tap.equals(LAYER)) {
      return layer;
    }
    Tensor maps = maps(variant);
    double[] gradient = inputGradient(variant);
    return new LayerCapture(INPUT, maps.shape(), maps.toDoubleArray(), gradient, layer.score());
  }

  private static void check(Tap tap) {
    if (!tap.equals(LAYER) && !tap.equals(INPUT)) {
      throw new InvalidRequestException(
          "The model has no tensor called \"" + tap.tensor() + "\"; there is " + LAYER.tensor());
    }
  }

  @Override
  public LayerActivations activations(Tap tap) {
    return capture(tap).withoutGradients();
  }

  /** Those at the layer and at the input, by the plainest way each. */
  @Override
  public Map<Tap, Tensor> gradients(Set<Tap> taps) {
    Map<Tap, Tensor> gradients = new HashMap<>();
    for (Tap tap : taps) {
      LayerCapture capture = capture(tap);
      gradients.put(tap, Tensor.of(capture.shape(), capture.gradients()));
    }
    return gradients;
  }

  @Override
  public double[] hessianVector(Tap tap, double[] vector) {
    throw noNetwork("second derivatives");
  }

  @Override
  public ModelProbe with(Target other) {
    throw noNetwork("other targets");
  }

  @Override
  public Tap scoresTap() {
    throw noNetwork("tensor of scores");
  }

  @Override
  public Map<Tap, Map<Tap, Tensor>> gradients(
      Object key, Supplier<ModelGraph> made, Map<Tap, Set<Tap>> at) {
    throw noNetwork("networks made of it");
  }

  @Override
  public ModelProbe with(GradientRules rules) {
    throw noNetwork("gradients by other rules");
  }

  private static UnsupportedOperationException noNetwork(String what) {
    return new UnsupportedOperationException(
        "An array probe has no network behind it, and no " + what + "; use a StandardProbe");
  }

  /** By central differences of a ten-thousandth. */
  @Override
  public Tensor inputGradient() {
    return Tensor.of(input.shape(), inputGradient(input));
  }

  private double[] inputGradient(Tensor at) {
    double step = 1e-4;
    double[] gradient = new double[at.size()];
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = (scoreNear(at, i, step) - scoreNear(at, i, -step)) / (2 * step);
    }
    return gradient;
  }

  private double scoreNear(Tensor at, int element, double step) {
    double[] moved = at.toDoubleArray();
    moved[element] += step;
    return network.run(Tensor.of(at.shape(), moved)).score();
  }

  @Override
  public GradientMoments moments(Tap tap, Noise noise, ScoreScale score) {
    check(tap);
    List<LayerCapture> copies = new ArrayList<>();
    captures(noisy(noise), Set.of(tap), (index, captures) -> copies.add(captures.get(tap)));
    List<GradientMoments> leaveOut = new ArrayList<>();
    int groups = copies.size() < 2 ? 0 : Math.min(10, copies.size());
    for (int group = 0; group < groups; group++) {
      List<LayerCapture> rest = new ArrayList<>();
      for (int i = 0; i < copies.size(); i++) {
        if (i % groups != group) {
          rest.add(copies.get(i));
        }
      }
      leaveOut.add(moments(rest, score, List.of()));
    }
    return moments(copies, score, leaveOut);
  }

  private static GradientMoments moments(
      List<LayerCapture> copies, ScoreScale score, List<GradientMoments> leaveOut) {
    double highest = copies.stream().mapToDouble(LayerCapture::score).max().orElseThrow();
    double largest = 0;
    for (LayerCapture copy : copies) {
      for (double g : copy.gradients()) {
        largest = Math.max(largest, Math.abs(g));
      }
    }
    double scale = GradientMoments.scaleOf(largest);
    int size = copies.get(0).gradients().length;
    double[][] sums = new double[3][size];
    double weights = 0;
    double squares = 0;
    for (LayerCapture copy : copies) {
      double omega = score == ScoreScale.LOGIT ? 1 : Math.exp(copy.score() - highest);
      weights += omega;
      squares += omega * omega;
      for (int i = 0; i < size; i++) {
        double g = copy.gradients()[i] / scale;
        sums[0][i] += omega * g;
        sums[1][i] += omega * (g * g);
        sums[2][i] += omega * (g * g * g);
      }
    }
    for (double[] sum : sums) {
      for (int i = 0; i < size; i++) {
        sum[i] /= weights;
      }
    }
    return new GradientMoments(
        copies.get(0).shape(),
        copies.size(),
        weights * weights / squares,
        scale,
        sums[0],
        sums[1],
        sums[2],
        leaveOut);
  }

  @Override
  public Inputs noisy(Noise noise) {
    double[] pixels = input.toDoubleArray();
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (double pixel : pixels) {
      min = Math.min(min, pixel);
      max = Math.max(max, pixel);
    }
    double range = noise.scale() == Noise.Scale.RELATIVE ? max - min : 1;
    double sigma = noise.amount() * range;
    return new Inputs() {
      @Override
      public int count() {
        return noise.samples();
      }

      @Override
      public Tensor get(int index) {
        double[] copy = new double[pixels.length];
        GaussianNoise.fill(noise.seed(), index, copy);
        for (int i = 0; i < copy.length; i++) {
          copy[i] = pixels[i] + sigma * copy[i];
        }
        return Tensor.of(input.shape(), copy);
      }
    };
  }

  @Override
  public Inputs noisyMaps(Noise noise) {
    Inputs copies = noisy(noise);
    return new Inputs() {
      @Override
      public int count() {
        return copies.count();
      }

      @Override
      public Tensor get(int index) {
        return maps(copies.get(index));
      }
    };
  }

  @Override
  public void captures(Inputs inputs, Set<Tap> taps, CaptureConsumer consumer) {
    taps.forEach(ArrayProbe::check);
    for (int i = 0; i < inputs.count(); i++) {
      Map<Tap, LayerCapture> captures = new HashMap<>();
      for (Tap tap : taps) {
        captures.put(tap, captured(tap, inputs.get(i)));
      }
      consumer.accept(i, captures);
    }
  }

  @Override
  public double[] scoresOf(Inputs inputs) {
    double[] scores = new double[inputs.count()];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = network.run(inputs.get(i)).score();
    }
    return scores;
  }

  /** To first order: S + sum g (A' - A), which is exact where the rest of the network is linear. */
  @Override
  public double[] scoresFrom(Tap tap, Inputs activations) {
    check(tap);
    double[] scores = new double[activations.count()];
    for (int i = 0; i < scores.length; i++) {
      double[] replaced = activations.get(i).toDoubleArray();
      scores[i] = clean.score();
      for (int e = 0; e < replaced.length; e++) {
        scores[i] += clean.gradients()[e] * (replaced[e] - clean.activations()[e]);
      }
    }
    return scores;
  }
}
