package org.pellucid.it.operations;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
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
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.gradient.Differentiation;

/**
 * Compares differentiated graphs in float64, interpreted and run forward by backend-djl, with what
 * PyTorch's autograd makes of the graphs themselves.
 */
final class AutogradComparison {
  /** Relative to the largest element of a gradient, at least 0.1. */
  private static final double ROUNDING = 1e-9;

  private static final LoadOptions EXACT =
      LoadOptions.DEFAULT.withThreads(1).with(Precision.FLOAT64);

  private AutogradComparison() {}

  private static GradientBackend djl() {
    return Registry.ofClassPath().backends().stream()
        .filter(backend -> backend.id().equals("djl"))
        .findFirst()
        .orElseThrow();
  }

  /** What does not agree, a line each. The cases, whose names differ, run as one graph. */
  static List<String> disagreements(List<DifferentiatedCase> cases) {
    GraphUnion union = new GraphUnion();
    Map<String, Tensor> inputs = new HashMap<>();
    Map<Tap, Tensor> seeds = new HashMap<>();
    Map<Tap, Tensor> seedsAgain = new HashMap<>();
    Set<Tap> taps = new HashSet<>();
    for (DifferentiatedCase one : cases) {
      union.add(one.name(), one.second().graph());
      one.inputs().forEach((name, value) -> inputs.put(one.name() + name, value));
      one.asked().seeds().forEach((at, seed) -> seeds.put(one.tap(at), seed));
      one.again().seeds().forEach((at, seed) -> seedsAgain.put(one.tap(at), seed));
      one.again().from().forEach(at -> taps.add(one.tap(at)));
    }
    ModelGraph graph = union.graph();
    Map<String, Tensor> interpreted =
        new ReferenceInterpreter(graph).run(inputs, Set.copyOf(graph.outputs()));
    List<String> wrong = new ArrayList<>();
    try (LoadedModel model = djl().load(graph, EXACT);
        ForwardPass pass = model.forward(inputs, taps)) {
      Map<String, Tensor> run = pass.outputs();
      Map<Tap, Tensor> autograd = pass.backward(seeds, taps);
      Map<Tap, Tensor> twice = seedsAgain.isEmpty() ? Map.of() : pass.backward(seedsAgain, taps);
      for (DifferentiatedCase one : cases) {
        compare("interpreted", one, one.first(), interpreted, autograd, wrong);
        compare("run by djl", one, one.first(), run, autograd, wrong);
        if (one.again().exists()) {
          compare("twice, interpreted", one, one.second(), interpreted, twice, wrong);
          compare("twice, run by djl", one, one.second(), run, twice, wrong);
        }
      }
    }
    return wrong;
  }

  private static void compare(
      String how,
      DifferentiatedCase one,
      Differentiation differentiation,
      Map<String, Tensor> computed,
      Map<Tap, Tensor> autograd,
      List<String> wrong) {
    Set<String> at = differentiation == one.first() ? one.asked().from() : one.again().from();
    for (String input : at) {
      Tensor expected = autograd.get(one.tap(input));
      String name = differentiation.gradients().get(input);
      Tensor found =
          name == null
              ? Tensor.of(expected.shape(), new double[expected.size()])
              : computed.get(one.name() + name);
      compare(one.name() + how + " at " + input, found, expected, wrong);
    }
  }

  private static void compare(String what, Tensor found, Tensor expected, List<String> wrong) {
    if (!found.type().equals(expected.type())) {
      wrong.add(what + ": " + found.type() + " instead of " + expected.type());
      return;
    }
    double largest = 0.1;
    for (double element : expected.toDoubleArray()) {
      largest = Math.max(largest, Double.isFinite(element) ? Math.abs(element) : 0);
    }
    for (int i = 0; i < expected.size(); i++) {
      double a = found.get(i);
      double b = expected.get(i);
      if (Double.compare(a, b) != 0 && !(Math.abs(a - b) <= ROUNDING * largest)) {
        wrong.add("%s: %s instead of %s at %d of %s".formatted(what, a, b, i, expected.shape()));
        return;
      }
    }
  }
}
