package org.pellucid.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Tap;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** Gradients at taps anywhere, for seeds anywhere, in batches. */
abstract class DifferentiationContract extends OperationContract {
  /** Gradients at every tensor at once, inside and outside of the blocks, against differences. */
  @Test
  void gradientsEverywhere() {
    for (ModelGraph graph : networks()) {
      Tensor image = Networks.images(graph, 1, 3);
      Map<Tap, Tensor> seeds = Map.of(SCORES, seed(graph.type("scores").shape(), 4));
      Set<Tap> all = everywhere(graph);
      try (LoadedModel model = backend().load(graph, exact());
          ForwardPass pass = model.forward(image(image), all)) {
        Map<Tap, Tensor> gradients = pass.backward(seeds, all);
        for (Tap at : all) {
          Tensor activation = pass.activation(at);
          assertClose(
              activation,
              reference(graph, image(image), Set.of(at.tensor())).get(at.tensor()),
              rounding(),
              "activation at " + at);
          assertClose(
              gradients.get(at),
              differences(graph, image, at, seeds, activation),
              Math.max(1e-6, rounding()),
              "gradient at " + at);
        }
      }
    }
  }

  /** What is asked along must not change an answer. */
  @Test
  void severalTapsAnswerAsEachAlone() {
    for (ModelGraph graph : networks()) {
      Tensor image = Networks.images(graph, 1, 5);
      Map<Tap, Tensor> seeds = Map.of(SCORES, seed(graph.type("scores").shape(), 6));
      Set<Tap> all = everywhere(graph);
      try (LoadedModel model = backend().load(graph, exact())) {
        Map<Tap, Tensor> together = gradients(model, image, seeds, all, all);
        try (ForwardPass pass = model.forward(image(image), all)) {
          for (Tap at : all) {
            Tensor expected = together.get(at);
            assertClose(
                gradients(model, image, seeds, Set.of(at), Set.of(at)).get(at),
                expected,
                rounding(),
                "alone at " + at);
            assertClose(
                pass.backward(seeds, Set.of(at)).get(at), expected, rounding(), "asked at " + at);
          }
        }
      }
    }
  }

  @Test
  void batchesAnswerAsTheirSamples() {
    for (ModelGraph graph : networks()) {
      Tensor images = Networks.images(graph, 5, 8);
      Set<Tap> all = everywhere(graph);
      try (LoadedModel model = backend().load(graph, exact())) {
        assertThat(model.batching().obstacle()).isEmpty();
        Map<Tap, Tensor> seeds = Map.of(SCORES, seed(graph.type("scores").shape().with(0, 5), 9));
        try (ForwardPass batch = model.forward(image(images), all)) {
          assertThat(batch.samples()).isEqualTo(5);
          Map<Tap, Tensor> gradients = batch.backward(seeds, all);
          for (int i = 0; i < 5; i++) {
            int index = i;
            Map<Tap, Tensor> own = new HashMap<>();
            seeds.forEach((at, seed) -> own.put(at, sample(seed, index)));
            try (ForwardPass single = model.forward(image(sample(images, i)), all)) {
              Map<Tap, Tensor> expected = single.backward(own, all);
              for (Tap at : all) {
                assertClose(
                    sample(batch.activation(at), i),
                    single.activation(at),
                    rounding(),
                    "activation of sample " + i + " at " + at);
                assertClose(
                    sample(gradients.get(at), i),
                    expected.get(at),
                    rounding(),
                    "gradient of sample " + i + " at " + at);
              }
              single
                  .outputs()
                  .forEach(
                      (name, output) ->
                          assertClose(
                              sample(batch.outputs().get(name), index),
                              output,
                              rounding(),
                              "output " + name + " of sample " + index));
            }
          }
        }
      }
    }
  }

  /** Engines may cut a batch before a tap: each tap alone, in a batch larger than those pieces. */
  @Test
  void largeBatchesAnswerAsTheirSamplesAtEachTap() {
    int count = 12;
    for (ModelGraph graph : networks()) {
      Tensor images = Networks.images(graph, count, 25);
      Tensor seeds = seed(graph.type("scores").shape().with(0, count), 26);
      try (LoadedModel model = backend().load(graph, exact())) {
        for (Tap at : everywhere(graph)) {
          Set<Tap> taps = Set.of(at);
          try (ForwardPass batch = model.forward(image(images), taps);
              ForwardPass resumed = batch.resume(at, batch.activation(at))) {
            Tensor gradients = batch.backward(Map.of(SCORES, seeds), taps).get(at);
            assertClose(
                resumed.backward(Map.of(SCORES, seeds), taps).get(at),
                gradients,
                rounding(),
                "resumed gradient at " + at);
            for (int i = 0; i < count; i += 3) {
              String what = " of sample " + i + " with the tap " + at;
              try (ForwardPass single = model.forward(image(sample(images, i)), taps)) {
                assertClose(
                    sample(batch.activation(at), i),
                    single.activation(at),
                    rounding(),
                    "activation" + what);
                assertClose(
                    sample(gradients, i),
                    single.backward(Map.of(SCORES, sample(seeds, i)), taps).get(at),
                    rounding(),
                    "gradient" + what);
                for (Map.Entry<String, Tensor> output : single.outputs().entrySet()) {
                  String name = output.getKey();
                  assertClose(
                      sample(batch.outputs().get(name), i),
                      output.getValue(),
                      rounding(),
                      "output " + name + what);
                }
              }
            }
          }
        }
      }
    }
  }

  @Test
  void seedsMayStandAnywhereAndAddUp() {
    seedsAddUp(Networks.residual(), Set.of("block1 conv2", "block2 shortcut"), "block1 relu");
    seedsAddUp(Networks.dense(), Set.of("layer1", "conv2"), "concat1");
    seedsAddUp(Networks.branches(), Set.of("right", "squeezed"), "joined");
  }

  /** With seeds at the scores, too, inside a block and beside it. */
  private void seedsAddUp(ModelGraph graph, Set<String> inner, String between) {
    if (!runs(graph)) {
      return;
    }
    Tensor image = Networks.images(graph, 1, 14);
    Set<Tap> all = everywhere(graph);
    Map<Tap, Tensor> seeds = new HashMap<>();
    seeds.put(SCORES, seed(graph.type("scores").shape(), 15));
    inner.forEach(name -> seeds.put(tap(name), seed(graph.type(name).shape(), name.length())));
    try (LoadedModel model = backend().load(graph, exact());
        ForwardPass pass = model.forward(image(image), all)) {
      Map<Tap, Tensor> together = pass.backward(seeds, all);
      Map<Tap, double[]> sums = new HashMap<>();
      seeds.forEach(
          (at, seed) ->
              pass.backward(Map.of(at, seed), all)
                  .forEach((tap, part) -> sums.merge(tap, part.toDoubleArray(), this::sum)));
      together.forEach(
          (at, gradient) -> assertClose(gradient, sums.get(at), rounding(), "sum at " + at));
      for (String name : Set.of("image", "stem", between)) {
        Tensor activation = pass.activation(tap(name));
        assertClose(
            together.get(tap(name)),
            differences(graph, image, tap(name), seeds, activation),
            Math.max(1e-6, rounding()),
            "gradient at " + name);
      }
    }
  }

  private double[] sum(double[] a, double[] b) {
    double[] sum = a.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }

  /** A tensor depends on itself with derivative 1, and not at all on what comes after it. */
  @Test
  void seedAtATapThatIsAskedFor() {
    ModelGraph graph = Networks.residual();
    Tensor image = Networks.images(graph, 1, 18);
    Tap inner = tap("block1 relu");
    Tap before = tap("block1 norm");
    Tap after = tap("block2 out");
    Tap beside = tap("block2 shortcut");
    Set<Tap> taps = Set.of(inner, before, after, beside);
    Tensor seed = seed(graph.type(inner.tensor()).shape(), 19);
    try (LoadedModel model = backend().load(graph, exact());
        ForwardPass pass = model.forward(image(image), taps)) {
      Map<Tap, Tensor> gradients = pass.backward(Map.of(inner, seed), taps);
      assertThat(gradients.get(inner).toDoubleArray()).containsExactly(seed.toDoubleArray());
      for (Tap none : Set.of(after, beside)) {
        Shape shape = graph.type(none.tensor()).shape();
        assertThat(gradients.get(none).shape()).isEqualTo(shape);
        assertThat(gradients.get(none).toDoubleArray()).containsOnly(0);
      }
      double[] expected = seed.toDoubleArray();
      double[] activation = pass.activation(before).toDoubleArray();
      for (int i = 0; i < expected.length; i++) {
        expected[i] = activation[i] > 0 ? expected[i] : 0;
      }
      assertClose(gradients.get(before), expected, rounding(), "through the ReLU");
      assertThat(pass.backward(Map.of(), taps)).hasSize(4);
      assertThat(pass.backward(Map.of(), taps).get(inner).toDoubleArray()).containsOnly(0);
      assertThat(pass.backward(Map.of(inner, seed), Set.of())).isEmpty();
    }
  }

  @Test
  void repeatedQuestionsHaveTheSameAnswer() {
    for (ModelGraph graph : networks()) {
      Tensor images = Networks.images(graph, 2, 20);
      Set<Tap> all = everywhere(graph);
      Tensor first = seed(Shape.of(2, 3), 21);
      Tensor second = seed(Shape.of(2, 3), 22);
      try (LoadedModel model = backend().load(graph, exact());
          ForwardPass pass = model.forward(image(images), all)) {
        Map<Tap, Tensor> before = pass.backward(Map.of(SCORES, first), all);
        Map<Tap, Tensor> other = pass.backward(Map.of(SCORES, second), all);
        assertClose(pass.backward(Map.of(SCORES, first), all), before, rounding() / 100, "again ");
        assertClose(pass.backward(Map.of(SCORES, second), all), other, rounding() / 100, "again ");
      }
    }
  }

  /** One input may be cut out of a batch anywhere. */
  @Test
  void chunksAndThreadsDoNotMatter() {
    ModelGraph graph = assumeRuns(Networks.dense());
    Tensor images = Networks.images(graph, 5, 23);
    Tensor seeds = seed(Shape.of(5, 3), 24);
    Set<Tap> all = everywhere(graph);
    try (LoadedModel one = backend().load(graph, exact().withThreads(1));
        LoadedModel two = backend().load(graph, exact().withThreads(2))) {
      Map<Tap, Tensor> whole = gradients(one, images, Map.of(SCORES, seeds), all, all);
      assertClose(
          gradients(two, images, Map.of(SCORES, seeds), all, all), whole, rounding(), "threads ");
      for (int[] chunk : new int[][] {{0, 2}, {2, 5}}) {
        Map<Tap, Tensor> part =
            gradients(
                two,
                range(images, chunk[0], chunk[1]),
                Map.of(SCORES, range(seeds, chunk[0], chunk[1])),
                all,
                all);
        for (Tap at : all) {
          assertClose(
              part.get(at), range(whole.get(at), chunk[0], chunk[1]), rounding(), "chunk at " + at);
        }
      }
    }
  }

  private static Tensor range(Tensor batch, int from, int to) {
    int size = (int) batch.shape().sizeOf(1, batch.shape().rank());
    double[] part = new double[(to - from) * size];
    for (int i = 0; i < part.length; i++) {
      part[i] = batch.get(from * size + i);
    }
    return Tensor.of(batch.shape().with(0, to - from), part);
  }
}
