package org.pellucid.it.operations;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.Tap;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * The gradient that is asked of a case: of a random weighted sum of its outputs, at each of its
 * floating inputs.
 *
 * @param from the floating inputs
 * @param seeds the weights, by floating output that depends on one of them
 */
record CaseGradient(Set<String> from, Map<String, Tensor> seeds) {
  /** Draws the weights. */
  static CaseGradient of(ModelGraph graph, Random random) {
    Set<String> from =
        graph.inputs().keySet().stream()
            .filter(name -> graph.type(name).elementType().isFloating())
            .collect(Collectors.toCollection(TreeSet::new));
    return of(graph, from, graph.outputs(), random);
  }

  /** Of some outputs, at some inputs. */
  static CaseGradient of(ModelGraph graph, Set<String> from, List<String> outputs, Random random) {
    Set<String> reached = graph.downstream(from);
    Map<String, Tensor> seeds = new LinkedHashMap<>();
    for (String output : outputs) {
      if (reached.contains(output) && graph.type(output).elementType().isFloating()) {
        Shape shape = graph.type(output).shape();
        double[] weights = DirectionalDifferences.direction((int) shape.size(), random);
        seeds.put(output, Tensor.of(shape, weights));
      }
    }
    return new CaseGradient(from, seeds);
  }

  /** Whether a floating output depends on a floating input. */
  boolean exists() {
    return !seeds.isEmpty();
  }

  /** Taps at the inputs. */
  Set<Tap> taps() {
    return from.stream().map(Tap::new).collect(Collectors.toSet());
  }

  /** What a backend answers, by input; the pass has the {@link #taps}. */
  Map<String, Tensor> of(ForwardPass pass) {
    Map<Tap, Tensor> seedTaps = new LinkedHashMap<>();
    seeds.forEach((output, seed) -> seedTaps.put(new Tap(output), seed));
    Map<String, Tensor> gradients = new LinkedHashMap<>();
    pass.backward(seedTaps, taps())
        .forEach((tap, gradient) -> gradients.put(tap.tensor(), gradient));
    return gradients;
  }
}
