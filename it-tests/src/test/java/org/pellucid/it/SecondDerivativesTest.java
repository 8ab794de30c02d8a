package org.pellucid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Precision;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.api.reference.ReferenceBackend;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Tensor;
import org.pellucid.testkit.Networks;

/** Products with second derivatives, on every backend, against differences of first ones. */
class SecondDerivativesTest {
  private static final double STEP = 1e-4;

  /** S = y_1^2 / 2 + 3 y_0: its seed depends on the scores. */
  private static final class Squared implements Target {
    @Override
    public String describe() {
      return "squared";
    }

    @Override
    public Target resolve(Tensor scores) {
      return this;
    }

    @Override
    public double value(double[] scores) {
      return scores[1] * scores[1] / 2 + 3 * scores[0];
    }

    @Override
    public double[] seed(double[] scores) {
      double[] seed = new double[scores.length];
      seed[0] = 3;
      seed[1] = scores[1];
      return seed;
    }

    @Override
    public double[] curvature(double[] scores, double[] direction) {
      double[] product = new double[scores.length];
      product[1] = direction[1];
      return product;
    }
  }

  static Stream<Arguments> cases() {
    return Backends.all()
        .flatMap(
            backend ->
                Stream.of(
                    Arguments.of(Named.of(backend.id(), backend), "residual", "block1 in"),
                    Arguments.of(Named.of(backend.id(), backend), "residual", "block2 sum"),
                    Arguments.of(Named.of(backend.id(), backend), "dense", "layer0"),
                    Arguments.of(Named.of(backend.id(), backend), "branches", "trunk")));
  }

  private static ModelGraph network(String name) {
    return switch (name) {
      case "residual" -> Networks.residual();
      case "dense" -> Networks.dense();
      default -> Networks.branches();
    };
  }

  @ParameterizedTest
  @MethodSource("cases")
  void productsAreThoseOfDifferences(GradientBackend backend, String name, String layer) {
    Backends.assumeAvailable(backend);
    boolean wide = backend.precisions().contains(Precision.FLOAT64);
    ModelGraph graph = network(name);
    Tap tap = new Tap(layer);
    LoadOptions options =
        Backends.options(backend).with(wide ? Precision.FLOAT64 : Precision.FLOAT32).withThreads(1);
    Map<String, Tensor> inputs = Map.of("image", Networks.images(graph, 1, 3));
    try (LoadedModel model = backend.load(graph, options)) {
      for (Target target : new Target[] {Target.ofClass(1), new Squared()}) {
        StandardProbe probe =
            StandardProbe.of(model).inputs(inputs).scores("scores").target(target).build();
        LayerCapture capture = probe.capture(tap);
        Random random = new Random(7);
        double[] vector = random.doubles(capture.activations().length, -1, 1).toArray();
        double[] found = probe.hessianVector(tap, vector);
        double[] expected = differences(graph, inputs, tap, target, vector);
        double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
        assertThat(largest).isPositive();
        // Differences are good to the square of their step; float32 to its 24 bits and a few more.
        double tolerance = (wide ? 1e-6 : 1e-4) * largest;
        for (int i = 0; i < expected.length; i++) {
          assertThat(found[i]).isCloseTo(expected[i], within(tolerance));
        }
      }
    }
  }

  /** (g(A + h v) - g(A - h v)) / 2 h, in float64 on the reference backend. */
  private static double[] differences(
      ModelGraph graph, Map<String, Tensor> inputs, Tap tap, Target target, double[] vector) {
    LoadOptions options = LoadOptions.DEFAULT.with(Precision.FLOAT64);
    Tap scores = new Tap("scores");
    try (LoadedModel model = new ReferenceBackend().load(graph, options);
        ForwardPass pass = model.forward(inputs, Set.of(tap, scores))) {
      Tensor clean = pass.activation(tap);
      double[] difference = new double[vector.length];
      for (double side : new double[] {1, -1}) {
        double[] moved = clean.toDoubleArray();
        Arrays.setAll(moved, i -> moved[i] + side * STEP * vector[i]);
        try (ForwardPass resumed = pass.resume(tap, Tensor.of(clean.shape(), moved))) {
          Tensor found = resumed.activation(scores);
          double[] seed = target.resolve(found).seed(found.toDoubleArray());
          double[] gradient =
              resumed
                  .backward(Map.of(scores, Tensor.of(found.shape(), seed)), Set.of(tap))
                  .get(tap)
                  .toDoubleArray();
          for (int i = 0; i < difference.length; i++) {
            difference[i] += side * gradient[i] / (2 * STEP);
          }
        }
      }
      return difference;
    }
  }
}
