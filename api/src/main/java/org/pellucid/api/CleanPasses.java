package org.pellucid.api;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.gradient.Differentiation;
import org.pellucid.graph.pass.FeatureMapAxes;

/** Single passes of the clean input, through a model and through networks made of it. */
final class CleanPasses {
  private final ProbedModel probed;
  private final Chunks chunks;

  CleanPasses(ProbedModel probed, Chunks chunks) {
    this.probed = probed;
    this.chunks = chunks;
  }

  /**
   * Runs the clean input forward alone.
   *
   * @param target makes of its scores the target that turns them into a number
   */
  LayerActivations activations(Tap tap, Function<double[], Target> target) {
    FeatureMapAxes axes = probed.requireMaps(tap);
    return once(
        probed.model(),
        Map.of(),
        Set.of(tap, probed.scoresTap()),
        Optional.empty(),
        pass -> {
          double[] scores = probed.scores(pass.activation(probed.scoresTap()), 1, 0);
          double score = target.apply(scores).value(scores);
          Tensor layer = pass.activation(tap);
          FeatureMaps maps = FeatureMaps.of(layer.shape(), axes);
          return new LayerActivations(tap, maps.shape(), maps.ofSample(layer, 0), score);
        });
  }

  /** Runs a network on the clean input, and what else it takes. */
  private <T> T once(
      LoadedModel network,
      Map<String, Tensor> more,
      Set<Tap> taps,
      Optional<Expectation> expected,
      Function<ForwardPass, T> use) {
    List<T> found = new ArrayList<>();
    chunks.run(
        1,
        1,
        "Running the input",
        (from, count) -> {
          Map<String, Tensor> inputs = probed.stacks().of(probed.clean(), 0, 1).all();
          inputs.putAll(more);
          try (ForwardPass pass = ProbedModel.forward(network, inputs, taps, expected)) {
            found.add(use.apply(pass));
          }
        });
    return found.get(0);
  }

  /**
   * The gradients of the clean input's score at any tensors, for each of several targets.
   *
   * @param expected the targets as far as they are known before
   * @param targets makes of its scores the targets that turn them into seeds
   */
  List<Map<Tap, Tensor>> gradients(
      Set<Tap> taps, List<Target> expected, Function<double[], List<Target>> targets) {
    Set<Tap> all = new LinkedHashSet<>(taps);
    all.add(probed.scoresTap());
    return once(
        probed.model(),
        Map.of(),
        all,
        probed.expectation(expected, taps, 1),
        pass -> {
          Tensor scores = pass.activation(probed.scoresTap());
          double[] sample = probed.scores(scores, 1, 0);
          List<Map<Tap, Tensor>> found = new ArrayList<>();
          for (Target target : targets.apply(sample)) {
            Tensor seed = probed.seed(target.seed(sample), scores.shape());
            found.add(pass.backward(Map.of(probed.scoresTap(), seed), taps));
          }
          return found;
        });
  }

  /**
   * The gradients of targets that read several tensors of another network, for each target by what
   * it reads.
   *
   * @param at where gradients are taken, by what is read
   */
  List<Map<Tap, Map<Tap, Tensor>>> gradients(
      LoadedModel network, Map<Tap, Set<Tap>> at, List<Target> targets) {
    Set<Tap> all = new LinkedHashSet<>(at.keySet());
    at.values().forEach(all::addAll);
    return once(
        network,
        Map.of(),
        all,
        Optional.empty(),
        pass -> targets.stream().map(target -> gradients(pass, at, target)).toList());
  }

  private Map<Tap, Map<Tap, Tensor>> gradients(
      ForwardPass pass, Map<Tap, Set<Tap>> at, Target target) {
    Map<Tap, Map<Tap, Tensor>> found = new LinkedHashMap<>();
    at.forEach(
        (read, taps) -> {
          Tensor scores = pass.activation(read);
          Tensor seed = probed.seed(target.seed(probed.scores(scores, 1, 0)), scores.shape());
          found.put(read, pass.backward(Map.of(read, seed), taps));
        });
    return found;
  }

  private record Differentiated(Tap tap, Tap scores) {}

  /**
   * The second derivatives of the clean input's score at a layer times a vector: with scores y(A),
   * S = f(y) and J = dy/dA, the derivative of (J^T s) v by A at the seed s = f'(y), and J^T f''(y)
   * J v. J v is itself a derivative, that of the same product by the seed.
   */
  double[] hessianVector(Tap tap, double[] vector, double[] scores, Target target) {
    FeatureMapAxes axes = probed.featureMaps(tap);
    Tap scoresTap = probed.scoresTap();
    LoadedModel model = probed.model();
    ModelGraph one = probed.batching().at(1);
    Differentiation first =
        Differentiation.of(one, Set.of(scoresTap.tensor()), Set.of(tap.tensor()));
    if (!first.gradients().containsKey(tap.tensor())) {
      return new double[vector.length];
    }
    Tap seedTap = new Tap(first.seeds().get(scoresTap.tensor()));
    Tap gradient = new Tap(first.gradients().get(tap.tensor()));
    Shape ofScores = one.type(scoresTap.tensor()).shape();
    LoadedModel twice =
        model.companion(new Differentiated(tap, scoresTap), model.options(), first::graph);
    FeatureMaps maps = FeatureMaps.of(one.type(tap.tensor()).shape(), axes);
    Tensor direction =
        Tensor.of(one.type(tap.tensor()).shape(), maps.toLayout(vector)).cast(probed.elementType());
    return once(
        twice,
        Map.of(seedTap.tensor(), probed.seed(target.seed(scores), ofScores)),
        Set.of(tap, gradient, seedTap, scoresTap),
        Optional.empty(),
        pass -> {
          Map<Tap, Tensor> found = pass.backward(Map.of(gradient, direction), Set.of(tap, seedTap));
          double[] product = maps.ofSample(found.get(tap), 0);
          double[] moved = probed.scores(found.get(seedTap), 1, 0);
          double[] curved = target.curvature(scores, moved);
          Tensor bent =
              pass.backward(Map.of(scoresTap, probed.seed(curved, ofScores)), Set.of(tap)).get(tap);
          double[] more = maps.ofSample(bent, 0);
          Arrays.setAll(product, i -> product[i] + more[i]);
          return product;
        });
  }
}
