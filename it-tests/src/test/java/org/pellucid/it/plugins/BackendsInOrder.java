package org.pellucid.it.plugins;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Precision;
import org.pellucid.api.Tap;
import org.pellucid.core.Registry;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.it.Backends;
import org.pellucid.testkit.Networks;

/**
 * The work of {@link BackendsInOneJvmIT}: starts and uses all backends one after the other, twice.
 * Prints a line for each that has right numbers, and fails at the first that has not.
 */
final class BackendsInOrder {
  private static final Tap SCORES = new Tap("scores");

  /**
   * Two engines add up a few hundred products of numbers about 1 in float32, each in its own order;
   * the network's derivatives are smooth where its images are.
   */
  private static final double ROUNDING = 2e-5;

  private BackendsInOrder() {}

  /** Takes the plugin directory, how far to rotate the order, and whether to reverse it. */
  public static void main(String[] arguments) {
    Registry registry = Registry.withPlugins(Path.of(arguments[0]));
    if (!registry.problems().isEmpty()) {
      throw new IllegalStateException(registry.problems().toString());
    }
    List<GradientBackend> backends = new ArrayList<>(registry.backends());
    backends.removeIf(backend -> !backend.availability().available());
    Collections.rotate(backends, Integer.parseInt(arguments[1]));
    if (Boolean.parseBoolean(arguments[2])) {
      Collections.reverse(backends);
    }
    for (int round = 0; round < 2; round++) {
      for (GradientBackend backend : backends) {
        checkKnownAnswer(backend);
        double error = errorToReference(backend, registry.backend("reference"));
        System.out.println(backend.id() + " " + error);
      }
    }
  }

  private static LoadOptions options(GradientBackend backend) {
    return Backends.options(backend)
        .with(
            backend.precisions().contains(Precision.FLOAT32)
                ? Precision.FLOAT32
                : Precision.FLOAT64);
  }

  /** All of its numbers are small and whole: exact in every arithmetic. */
  private static void checkKnownAnswer(GradientBackend backend) {
    Tap relu = new Tap("relu");
    try (LoadedModel model = backend.load(Networks.knownAnswer(), options(backend));
        ForwardPass pass =
            model.forward(Map.of("image", Networks.knownAnswerImage()), Set.of(relu))) {
      same(backend, pass.outputs().get("scores"), 54, 0);
      same(backend, pass.activation(relu), 0, 4, 31, 40, 0, 0, 6, 15);
      Tensor seed = Tensor.of(Shape.of(1, 2), 1f, 0f);
      same(
          backend,
          pass.backward(Map.of(SCORES, seed), Set.of(relu)).get(relu),
          1,
          1,
          1,
          1,
          1,
          -1,
          -1,
          -1);
    }
  }

  private static void same(GradientBackend backend, Tensor found, double... expected) {
    for (int i = 0; i < expected.length; i++) {
      if (found.get(i) != expected[i]) {
        throw new IllegalStateException(
            backend.id() + " has " + found.get(i) + " at " + i + " and not " + expected[i]);
      }
    }
  }

  private static double errorToReference(GradientBackend backend, GradientBackend reference) {
    ModelGraph graph = Networks.residual();
    Tensor images = Networks.images(graph, 2, 7);
    double[] found = inputGradient(backend, graph, images);
    double[] expected = inputGradient(reference, graph, images);
    double largest = 0;
    double error = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      error = Math.max(error, Math.abs(found[i] - expected[i]));
    }
    if (!(largest > 0) || !(error <= ROUNDING * largest)) {
      throw new IllegalStateException(
          backend.id() + " is off by " + error + " where the largest is " + largest);
    }
    return error / largest;
  }

  private static double[] inputGradient(GradientBackend backend, ModelGraph graph, Tensor images) {
    Tap image = new Tap("image");
    Tensor seeds = Tensor.of(Shape.of(2, 3), 1f, -2f, .5f, -1f, 1f, 3f);
    try (LoadedModel model = backend.load(graph, options(backend));
        ForwardPass pass = model.forward(Map.of("image", images), Set.of(image))) {
      return pass.backward(Map.of(SCORES, seeds), Set.of(image)).get(image).toDoubleArray();
    }
  }
}
