package org.pellucid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.pellucid.api.CancelledException;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Noise;
import org.pellucid.api.ScoreScale;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Tap;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** Closing, and use by several threads. */
abstract class LifetimeContract extends ExpectationContract {
  @Test
  void resultsOutliveThePass() {
    ModelGraph graph = Networks.residual();
    Tap at = tap("block1 relu");
    try (LoadedModel model = backend().load(graph, exact())) {
      ForwardPass pass = model.forward(image(Networks.images(graph, 1, 50)), Set.of(at));
      Tensor scores = pass.outputs().get("scores");
      Tensor activation = pass.activation(at);
      Tensor gradient = pass.backward(Map.of(SCORES, seed(Shape.of(1, 3), 51)), Set.of(at)).get(at);
      double[] before = activation.toDoubleArray();
      pass.close();
      pass.close();
      for (int i = 0; i < 3; i++) {
        gradients(
            model,
            Networks.images(graph, 1, 60 + i),
            Map.of(SCORES, seed(Shape.of(1, 3), i)),
            Set.of(at),
            Set.of(at));
      }
      assertThat(activation.toDoubleArray()).containsExactly(before);
      assertThat(scores.shape()).isEqualTo(Shape.of(1, 3));
      assertThat(gradient.shape()).isEqualTo(activation.shape());
      assertThatThrownBy(() -> pass.activation(at))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("closed");
      assertThatThrownBy(() -> pass.backward(Map.of(), Set.of(at)))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> pass.resume(at, activation))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aClosedModelSaysSo() {
    ModelGraph graph = Networks.knownAnswer();
    LoadedModel model = backend().load(graph, exact());
    model.forward(image(Networks.knownAnswerImage()), Set.of()).close();
    model.close();
    model.close();
    assertThatThrownBy(() -> model.forward(image(Networks.knownAnswerImage()), Set.of()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void modelsDoNotDisturbEachOther() {
    Tensor image = Networks.knownAnswerImage();
    try (LoadedModel kept = backend().load(Networks.knownAnswer(), exact())) {
      try (LoadedModel other = backend().load(Networks.knownAnswer(), exact());
          ForwardPass pass = other.forward(image(image), Set.of())) {
        assertThat(pass.outputs().get("scores").get(0)).isEqualTo(54);
      }
      try (ForwardPass pass = kept.forward(image(image), taps("relu"))) {
        assertThat(pass.outputs().get("scores").get(0)).isEqualTo(54);
      }
    }
  }

  @Test
  void severalThreadsShareAModel() throws InterruptedException, ExecutionException {
    ModelGraph graph = Networks.residual();
    Set<Tap> taps = taps("image", "block1 relu", "block2 sum");
    try (LoadedModel model = backend().load(graph, exact())) {
      List<Map<Tap, Tensor>> expected = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        expected.add(answer(model, i, taps));
      }
      ExecutorService threads = Executors.newFixedThreadPool(8);
      try {
        List<Future<?>> work = new ArrayList<>();
        for (int thread = 0; thread < 8; thread++) {
          int own = thread;
          work.add(
              threads.submit(
                  () -> {
                    for (int round = 0; round < 8; round++) {
                      assertClose(
                          answer(model, own, taps),
                          expected.get(own),
                          rounding(),
                          "thread " + own + ", round " + round + ", ");
                    }
                  }));
        }
        for (Future<?> task : work) {
          task.get();
        }
      } finally {
        threads.shutdownNow();
      }
    }
  }

  /** A question per thread, on one to four samples. */
  private Map<Tap, Tensor> answer(LoadedModel model, int thread, Set<Tap> taps) {
    int samples = thread % 4 + 1;
    return gradients(
        model,
        Networks.images(model.graph(), samples, 70 + thread),
        Map.of(SCORES, seed(Shape.of(samples, 3), 80 + thread)),
        taps,
        taps);
  }

  /** An interrupt ends a long question after the batch that runs; nothing of it stays open. */
  @Test
  void anInterruptEndsALongQuestion() {
    ModelGraph graph = Networks.residual();
    Tap at = tap("block1 relu");
    List<Long> reported = new ArrayList<>();
    try (LoadedModel model = backend().load(graph, exact())) {
      StandardProbe probe =
          StandardProbe.of(model)
              .inputs(image(Networks.images(graph, 1, 95)))
              .chunk(4)
              .progress(
                  (done, total) -> {
                    reported.add(done);
                    if (done > 8) {
                      Thread.currentThread().interrupt();
                    }
                  })
              .build();
      assertThatThrownBy(() -> probe.moments(at, Noise.level(60, 0.1, 1), ScoreScale.LOGIT))
          .as("a question of 60 samples whose thread is interrupted after 8")
          .isInstanceOf(CancelledException.class);
      assertThat(Thread.interrupted()).as("the interrupt flag stays set").isTrue();
      assertThat(reported.get(reported.size() - 1))
          .as("how many samples ran before the interrupt was seen")
          .isLessThan(20);
      try (ForwardPass pass = model.forward(image(Networks.images(graph, 1, 96)), Set.of(at))) {
        assertThat(pass.outputs().get("scores").shape()).isEqualTo(Shape.of(1, 3));
      }
    } finally {
      Thread.interrupted();
    }
  }

  /** A pass may be handed from thread to thread. */
  @Test
  void aPassIsUsedByAnotherThread() throws InterruptedException, ExecutionException {
    ModelGraph graph = Networks.residual();
    Set<Tap> taps = taps("block1 relu");
    Map<Tap, Tensor> seeds = Map.of(SCORES, seed(Shape.of(1, 3), 90));
    ExecutorService other = Executors.newSingleThreadExecutor();
    try (LoadedModel model = backend().load(graph, exact());
        ForwardPass pass = model.forward(image(Networks.images(graph, 1, 91)), taps)) {
      Map<Tap, Tensor> there = other.submit(() -> pass.backward(seeds, taps)).get();
      assertClose(pass.backward(seeds, taps), there, rounding(), "here and there ");
    } finally {
      other.shutdownNow();
    }
  }
}
