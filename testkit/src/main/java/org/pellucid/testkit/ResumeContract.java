package org.pellucid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Tap;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** Runs of the rest of a network with activations replaced. */
abstract class ResumeContract extends DifferentiationContract {
  private static Set<String> outputs(ModelGraph graph) {
    return new HashSet<>(graph.outputs());
  }

  /** From every tensor, one sample and several, against the network with the tensor cut out. */
  @Test
  void resumedOutputsAreThoseOfTheChangedNetwork() {
    for (ModelGraph graph : networks()) {
      Tensor image = Networks.images(graph, 1, 30);
      Set<Tap> all = everywhere(graph);
      try (LoadedModel model = backend().load(graph, exact());
          ForwardPass pass = model.forward(image(image), all)) {
        for (Tap from : all) {
          Shape shape = graph.type(from.tensor()).shape();
          for (int count : new int[] {1, 3}) {
            Tensor replaced = seed(shape.with(0, count), 31 + count);
            try (ForwardPass resumed = pass.resume(from, replaced)) {
              assertThat(resumed.samples()).isEqualTo(count);
              assertThat(resumed.outputs().keySet()).isEqualTo(outputs(graph));
              assertClose(
                  resumed.activation(from), replaced, rounding(), "replaced activation " + from);
              for (int i = 0; i < count; i++) {
                int index = i;
                Map<String, Tensor> given = new HashMap<>(image(image));
                given.put(from.tensor(), sample(replaced, i));
                reference(graph, given, outputs(graph))
                    .forEach(
                        (name, expected) ->
                            assertClose(
                                sample(resumed.outputs().get(name), index),
                                expected,
                                rounding(),
                                name + " of sample " + index + " resumed from " + from));
              }
            }
          }
        }
      }
    }
  }

  /** A batch is resumed sample by sample: what bypasses the tap belongs to each. */
  @Test
  void batchesResumeWithTheirOwnBypass() {
    for (ModelGraph graph : networks()) {
      Tensor images = Networks.images(graph, 3, 33);
      Set<Tap> all = everywhere(graph);
      try (LoadedModel model = backend().load(graph, exact());
          ForwardPass pass = model.forward(image(images), all)) {
        for (Tap from : all) {
          Tensor replaced = seed(graph.type(from.tensor()).shape().with(0, 3), 34);
          try (ForwardPass resumed = pass.resume(from, replaced)) {
            for (int i = 0; i < 3; i++) {
              Map<String, Tensor> given = new HashMap<>(image(sample(images, i)));
              given.put(from.tensor(), sample(replaced, i));
              assertClose(
                  sample(resumed.outputs().get("scores"), i),
                  reference(graph, given, Set.of("scores")).get("scores"),
                  rounding(),
                  "sample " + i + " resumed from " + from);
            }
          }
        }
      }
    }
  }

  /** Gradients at the tap and downstream of it; there, what bypasses the tap is constant. */
  @Test
  void gradientsAfterResuming() {
    for (ModelGraph graph : networks()) {
      Tensor image = Networks.images(graph, 1, 35);
      Map<Tap, Tensor> seeds = Map.of(SCORES, seed(Shape.of(1, 3), 36));
      Set<Tap> all = everywhere(graph);
      try (LoadedModel model = backend().load(graph, exact());
          ForwardPass pass = model.forward(image(image), all)) {
        for (Tap from : all) {
          Tensor replaced = seed(graph.type(from.tensor()).shape(), 37);
          ModelGraph changed =
              graph.inputs().containsKey(from.tensor())
                  ? graph
                  : Networks.cut(graph, from.tensor());
          Set<Tap> downstream = new HashSet<>(all);
          downstream.removeIf(
              tap -> !graph.downstream(Set.of(from.tensor())).contains(tap.tensor()));
          try (ForwardPass resumed = pass.resume(from, replaced);
              LoadedModel whole = backend().load(changed, exact());
              ForwardPass direct = whole.forward(feeds(image, from, replaced), downstream)) {
            assertClose(
                resumed.backward(seeds, downstream),
                direct.backward(seeds, downstream),
                rounding(),
                "resumed from " + from + ", gradient at ");
          }
        }
      }
    }
  }

  private static Map<String, Tensor> feeds(Tensor image, Tap from, Tensor replaced) {
    Map<String, Tensor> feeds = new HashMap<>(image(image));
    feeds.put(from.tensor(), replaced);
    return feeds;
  }

  @Test
  void gradientsOfAResumedBatch() {
    ModelGraph graph = Networks.residual();
    Tap from = tap("block1 relu");
    Tap later = tap("block2 conv");
    Tensor image = Networks.images(graph, 1, 38);
    Tensor replaced = seed(graph.type(from.tensor()).shape().with(0, 4), 39);
    Tensor seeds = seed(Shape.of(4, 3), 40);
    try (LoadedModel model = backend().load(graph, exact());
        ForwardPass pass = model.forward(image(image), Set.of(from, later));
        ForwardPass batch = pass.resume(from, replaced)) {
      Map<Tap, Tensor> together = batch.backward(Map.of(SCORES, seeds), Set.of(from, later));
      for (int i = 0; i < 4; i++) {
        try (ForwardPass single = pass.resume(from, sample(replaced, i))) {
          Map<Tap, Tensor> expected =
              single.backward(Map.of(SCORES, sample(seeds, i)), Set.of(from, later));
          for (Tap at : Set.of(from, later)) {
            assertClose(
                sample(together.get(at), i),
                expected.get(at),
                rounding(),
                "sample " + i + " at " + at);
          }
        }
      }
    }
  }

  @Test
  void resumingAgain() {
    ModelGraph graph = Networks.residual();
    Tap first = tap("block1 relu");
    Tap second = tap("block2 conv");
    Tensor image = Networks.images(graph, 1, 41);
    Tensor atFirst = seed(graph.type(first.tensor()).shape(), 42);
    Tensor atSecond = seed(graph.type(second.tensor()).shape().with(0, 2), 43);
    try (LoadedModel model = backend().load(graph, exact());
        ForwardPass pass = model.forward(image(image), Set.of(first, second));
        ForwardPass once = pass.resume(first, atFirst);
        ForwardPass twice = once.resume(second, atSecond)) {
      for (int i = 0; i < 2; i++) {
        Map<String, Tensor> given = new HashMap<>(image(image));
        given.put(first.tensor(), atFirst);
        given.put(second.tensor(), sample(atSecond, i));
        assertClose(
            sample(twice.outputs().get("scores"), i),
            reference(graph, given, Set.of("scores")).get("scores"),
            rounding(),
            "sample " + i);
      }
      assertThatThrownBy(() -> twice.activation(first)).isInstanceOf(InvalidRequestException.class);
      // The passes before are as they were.
      assertClose(
          pass.outputs().get("scores"),
          reference(graph, image(image), Set.of("scores")).get("scores"),
          rounding(),
          "the first pass");
    }
  }

  @Test
  void resumingWhatDoesNotFit() {
    ModelGraph graph = Networks.residual();
    Tap from = tap("block1 relu");
    try (LoadedModel model = backend().load(graph, exact());
        ForwardPass one = model.forward(image(Networks.images(graph, 1, 44)), Set.of(from));
        ForwardPass two = model.forward(image(Networks.images(graph, 2, 44)), Set.of(from))) {
      Shape shape = graph.type(from.tensor()).shape();
      assertThatThrownBy(() -> one.resume(tap("stem"), seed(shape, 1)))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("stem");
      assertThatThrownBy(() -> one.resume(from, seed(shape.with(1, 5), 1)))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("[1, 5, 6, 6]");
      assertThatThrownBy(() -> two.resume(from, seed(shape.with(0, 3), 1)))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("[3, 4, 6, 6]");
      assertThatThrownBy(() -> one.resume(from, Tensor.of(shape, new long[(int) shape.size()])))
          .isInstanceOf(InvalidRequestException.class);
    }
  }
}
