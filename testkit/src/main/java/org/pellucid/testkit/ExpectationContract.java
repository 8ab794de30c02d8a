package org.pellucid.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pellucid.api.Expectation;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Tap;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** The part of the contract that is about questions which are said before a pass runs. */
abstract class ExpectationContract extends ResumeContract {
  /** Whatever was expected, the answers are those of a pass of which nothing was. */
  @Test
  void whatIsExpectedChangesNoAnswer() {
    for (ModelGraph graph : networks()) {
      Set<Tap> all = new HashSet<>(everywhere(graph));
      all.add(SCORES);
      Tap at = graph.inputs().keySet().stream().map(Tap::new).findFirst().orElseThrow();
      try (LoadedModel model = backend().load(graph, exact())) {
        for (int samples : new int[] {1, 7}) {
          Map<String, Tensor> images = image(Networks.images(graph, samples, 50));
          Tensor seed = seed(Shape.of(samples, 3), 51);
          Tensor other = seed(Shape.of(samples, 3), 52);
          try (ForwardPass plain = model.forward(images, all)) {
            Tensor top = top(plain.outputs().get("scores"));
            for (Expectation expected :
                new Expectation[] {
                  Expectation.top(SCORES, all),
                  Expectation.of(SCORES, seed, all),
                  Expectation.of(SCORES, seed, Set.of(at)),
                  Expectation.of(at, images.get("image"), Set.of(at)),
                  Expectation.top(SCORES, Set.of(SCORES))
                }) {
              try (ForwardPass pass = model.forward(images, all, expected)) {
                String what = expected.at().size() + " taps expected of " + samples + " samples: ";
                assertThat(pass.samples()).isEqualTo(samples);
                plain
                    .outputs()
                    .forEach(
                        (name, output) ->
                            assertClose(pass.outputs().get(name), output, rounding(), what + name));
                for (Tensor asked : new Tensor[] {top, seed, other}) {
                  Map<Tap, Tensor> seeds = Map.of(SCORES, asked);
                  assertClose(
                      pass.backward(seeds, expected.at()),
                      plain.backward(seeds, expected.at()),
                      rounding(),
                      what);
                }
                Map<Tap, Tensor> two = Map.of(SCORES, top, at, images.get("image"));
                assertClose(pass.backward(two, all), plain.backward(two, all), rounding(), what);
                for (Tap tap : all) {
                  assertClose(pass.activation(tap), plain.activation(tap), rounding(), what + tap);
                }
                try (ForwardPass resumed = pass.resume(at, images.get("image"))) {
                  assertClose(
                      resumed.outputs().get("scores"),
                      plain.outputs().get("scores"),
                      rounding(),
                      what + "resumed");
                }
              }
            }
          }
        }
      }
    }
  }

  /** 1 at the largest score of each sample. */
  static Tensor top(Tensor scores) {
    int count = scores.shape().dim(1);
    double[] seed = new double[scores.size()];
    for (int sample = 0; sample < scores.shape().dim(0); sample++) {
      int largest = 0;
      for (int k = 1; k < count; k++) {
        if (scores.get(sample * count + k) > scores.get(sample * count + largest)) {
          largest = k;
        }
      }
      seed[sample * count + largest] = 1;
    }
    return Tensor.of(scores.shape(), seed);
  }
}
