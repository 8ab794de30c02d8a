package org.pellucid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pellucid.api.CancelledException;
import org.pellucid.api.Expectation;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Noise;
import org.pellucid.api.Precision;
import org.pellucid.api.ScoreScale;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.UnsupportedModelException;

/** How many graphs a {@link org.pellucid.api.engine.GraphBackend} compiles, runs and keeps. */
class GraphBackendTest {
  private static final Tap SCORES = new Tap("scores");
  private static final Tap LAYER = new Tap("block1 relu");

  private final StrictBackend backend = new StrictBackend();
  private final ModelGraph graph = Networks.residual();

  @AfterEach
  void everythingIsClosedOnce() {
    backend.assertClosed();
  }

  private LoadedModel load() {
    return backend.load(graph, LoadOptions.DEFAULT.with(Precision.FLOAT64));
  }

  private Map<String, Tensor> images(int samples) {
    return Map.of("image", Networks.images(graph, samples, samples));
  }

  private static Map<Tap, Tensor> seeds(int samples) {
    return Map.of(SCORES, new Values(samples).signed(samples, 3));
  }

  @Test
  void anExplanationIsOneRunForwardAndOneBackward() {
    try (LoadedModel model = load()) {
      for (int i = 1; i <= 3; i++) {
        try (ForwardPass pass = model.forward(images(2), Set.of(LAYER, SCORES))) {
          pass.activation(LAYER);
          pass.backward(seeds(2), Set.of(LAYER));
        }
        assertThat(backend.runs).hasValue(2 * i);
        assertThat(backend.compiled).hasValue(2);
      }
      try (ForwardPass pass = model.forward(images(3), Set.of(LAYER, SCORES))) {
        pass.backward(seeds(3), Set.of(LAYER));
      }
      assertThat(backend.compiled).as("another number of samples").hasValue(4);
    }
  }

  /** Scores, activations and gradients come out of one graph; nothing else is kept. */
  @Test
  void anExpectedExplanationIsOneRun() {
    Set<Tap> taps = Set.of(LAYER, SCORES);
    try (LoadedModel model = load()) {
      for (Expectation expected :
          List.of(
              Expectation.of(SCORES, seeds(2).get(SCORES), Set.of(LAYER)),
              Expectation.top(SCORES, Set.of(LAYER)))) {
        int before = backend.runs.get();
        try (ForwardPass pass = model.forward(images(2), taps, expected)) {
          Tensor seed =
              expected.seed().orElseGet(() -> ExpectationContract.top(pass.activation(SCORES)));
          pass.activation(LAYER);
          pass.backward(Map.of(SCORES, seed), Set.of(LAYER));
          assertThat(backend.runs).hasValue(before + 1);
          pass.backward(Map.of(SCORES, pass.activation(SCORES)), Set.of(LAYER));
          assertThat(backend.runs).as("forward again, and backward").hasValue(before + 3);
          pass.backward(Map.of(LAYER, pass.activation(LAYER)), Set.of(LAYER));
          assertThat(backend.runs).as("backward").hasValue(before + 4);
        }
      }
    }
  }

  /** Probes say what they will ask wherever the target's seed is known. */
  @Test
  void aProbeNeedsOneRunForAnImage() {
    try (LoadedModel model = load()) {
      int runs = 0;
      for (Target target : List.of(Target.top(), Target.ofClass(2))) {
        StandardProbe probe =
            StandardProbe.of(model).inputs(images(1)).scores("scores").target(target).build();
        assertThat(probe.capture(LAYER).gradients()).isNotEmpty();
        assertThat(backend.runs).hasValue(++runs);
        probe.moments(LAYER, Noise.level(5, 0.1, 0), ScoreScale.LOGIT);
        assertThat(backend.runs).hasValue(++runs);
      }
      StandardProbe second =
          StandardProbe.of(model).inputs(images(1)).scores("scores").target(Target.top(1)).build();
      second.capture(LAYER);
      assertThat(backend.runs).as("forward and backward").hasValue(runs + 2);
    }
  }

  @Test
  void anExpectationWithoutRulesFailsWhenItIsAsked() {
    backend.unknown.add("ArgMax");
    try (LoadedModel model = load();
        ForwardPass pass =
            model.forward(
                images(2), Set.of(LAYER, SCORES), Expectation.top(SCORES, Set.of(LAYER)))) {
      assertThat(pass.backward(seeds(2), Set.of(LAYER))).containsKey(LAYER);
    }
  }

  @Test
  void expectationsThatCouldNotBeAskedAreRefused() {
    try (LoadedModel model = load()) {
      for (Expectation wrong :
          List.of(
              Expectation.top(SCORES, Set.of(new Tap("stem"))),
              Expectation.top(new Tap("stem"), Set.of(LAYER)),
              Expectation.of(SCORES, seeds(3).get(SCORES), Set.of(LAYER)))) {
        assertThatThrownBy(() -> model.forward(images(2), Set.of(LAYER), wrong))
            .isInstanceOf(InvalidRequestException.class);
      }
    }
  }

  @Test
  void whatNoSeedDependsOnIsNotComputed() {
    Tap first = new Tap("stem");
    try (LoadedModel model = load();
        ForwardPass pass = model.forward(images(1), Set.of(first, LAYER))) {
      Tensor seed = pass.activation(first);
      assertThat(pass.backward(Map.of(first, seed), Set.of(LAYER)).get(LAYER).toDoubleArray())
          .containsOnly(0);
      assertThat(backend.runs).as("the run forward alone").hasValue(1);
    }
  }

  @Test
  void withoutTapsNothingIsKept() {
    try (LoadedModel model = load();
        ForwardPass pass = model.forward(images(2), Set.of())) {
      assertThat(backend.openValues).hasValue(0);
      assertThat(pass.outputs().get("scores").shape()).isEqualTo(Shape.of(2, 3));
    }
  }

  /** Up to the taps in batches of at most five on a CPU, after them in one. */
  @Test
  void largeBatchesAreCutBeforeTheTaps() {
    try (LoadedModel model = load();
        ForwardPass pass = model.forward(images(12), Set.of(LAYER))) {
      assertThat(pass.activation(LAYER).shape().dim(0)).isEqualTo(12);
      assertThat(backend.runs).hasValue(3 + 1);
      assertThat(backend.compiled).hasValue(1 + 1);
      pass.backward(seeds(12), Set.of(LAYER));
      assertThat(backend.runs).hasValue(3 + 2);
    }
  }

  @Test
  void anEngineForSingleSamplesNeedsOneExecutableUpToTheTaps() {
    backend.samplesAtOnce = 1;
    try (LoadedModel model = load()) {
      Tensor[] maps = new Tensor[2];
      for (int i = 0; i < 2; i++) {
        int samples = 1 + 2 * i;
        try (ForwardPass pass = model.forward(images(samples), Set.of(LAYER))) {
          maps[i] = pass.activation(LAYER);
          pass.backward(seeds(samples), Set.of(LAYER));
        }
      }
      assertThat(maps[1].shape().dim(0)).isEqualTo(3);
      assertThat(backend.runs).hasValue(1 + 2 + 3 + 2);
      assertThat(backend.compiled).hasValue(1 + 2 + 2);
    }
  }

  @Test
  void largeBatchesCanBeCancelled() {
    try (LoadedModel model = load()) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> model.forward(images(12), Set.of(LAYER)))
          .isInstanceOf(CancelledException.class)
          .hasMessageContaining("0 of 12");
      assertThat(backend.openValues).hasValue(0);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void keptGraphsAreFew() {
    Tap other = new Tap("block2 conv");
    try (LoadedModel model = load()) {
      for (int samples = 1; samples <= 5; samples++) {
        for (Tap tap : List.of(LAYER, other)) {
          try (ForwardPass pass = model.forward(images(samples), Set.of(tap))) {
            pass.backward(seeds(samples), Set.of(tap));
          }
        }
      }
      assertThat(backend.compiled).hasValue(20);
      // One more while it takes the place of another.
      assertThat(backend.mostExecutables.get()).isLessThanOrEqualTo(17);
      model.forward(images(5), Set.of(other)).close();
      assertThat(backend.compiled).as("the last is kept").hasValue(20);
      model.forward(images(1), Set.of(LAYER)).close();
      assertThat(backend.compiled).as("the first is not").hasValue(21);
    }
    assertThat(backend.openExecutables).hasValue(0);
  }

  @Test
  void eightThreadsOnMoreGraphsThanAreKept() throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (LoadedModel model = load()) {
      List<Future<?>> work = new ArrayList<>();
      for (int thread = 0; thread < 8; thread++) {
        int own = thread;
        work.add(
            threads.submit(
                () -> {
                  for (int round = 0; round < 24; round++) {
                    int samples = 1 + (own * 5 + round * 7) % 12;
                    try (ForwardPass pass = model.forward(images(samples), Set.of(LAYER));
                        ForwardPass resumed = pass.resume(LAYER, pass.activation(LAYER))) {
                      assertThat(resumed.backward(seeds(samples), Set.of(LAYER)).get(LAYER).shape())
                          .isEqualTo(pass.activation(LAYER).shape());
                    }
                  }
                }));
      }
      for (Future<?> task : work) {
        task.get();
      }
      assertThat(backend.mostExecutables.get()).isLessThanOrEqualTo(16 + 8);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void whatIsAskedTogetherIsCompiledOnce() throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    CountDownLatch ready = new CountDownLatch(8);
    try (LoadedModel model = load()) {
      List<Future<?>> work = new ArrayList<>();
      for (int thread = 0; thread < 8; thread++) {
        work.add(
            threads.submit(
                () -> {
                  ready.countDown();
                  ready.await();
                  model.forward(images(2), Set.of(LAYER)).close();
                  return null;
                }));
      }
      for (Future<?> task : work) {
        task.get();
      }
      assertThat(backend.compiled).hasValue(1);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aClosedModelTakesItsPassesAlong() {
    LoadedModel model = load();
    ForwardPass pass = model.forward(images(1), Set.of(LAYER));
    ForwardPass resumed = pass.resume(LAYER, pass.activation(LAYER));
    model.close();
    assertThat(backend.openValues).hasValue(0);
    for (ForwardPass each : List.of(pass, resumed)) {
      assertThatThrownBy(() -> each.backward(seeds(1), Set.of(LAYER)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("model was closed");
    }
    resumed.close();
    pass.close();
    model.close();
  }

  /** What was resumed reads values of the pass. */
  @Test
  void aClosedPassTakesAlongWhatWasResumedFromIt() {
    try (LoadedModel model = load()) {
      ForwardPass pass = model.forward(images(1), Set.of(LAYER));
      ForwardPass resumed = pass.resume(LAYER, pass.activation(LAYER));
      pass.close();
      assertThatThrownBy(() -> resumed.backward(seeds(1), Set.of(LAYER)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("closed");
      resumed.close();
      assertThat(backend.openValues).hasValue(0);
    }
  }

  @Test
  void aFailedRunLeavesNothingBehind() {
    try (LoadedModel model = load()) {
      backend.failingRun.set(0);
      assertThatThrownBy(() -> model.forward(images(1), Set.of(LAYER)))
          .hasMessageContaining("was to fail");
      assertThat(backend.openValues).hasValue(0);
      try (ForwardPass pass = model.forward(images(1), Set.of(LAYER))) {
        int kept = backend.openValues.get();
        backend.failingRun.set(0);
        assertThatThrownBy(() -> pass.backward(seeds(1), Set.of(LAYER)))
            .hasMessageContaining("was to fail");
        backend.failingRun.set(0);
        assertThatThrownBy(() -> pass.resume(LAYER, pass.activation(LAYER)))
            .hasMessageContaining("was to fail");
        assertThat(backend.openValues).hasValue(kept);
        assertThat(pass.backward(seeds(1), Set.of(LAYER))).containsKey(LAYER);
      }
    }
  }

  @Test
  void operationsOfTheGradientThatTheEngineLacksAreNamed() {
    backend.unknown.add("ConvTranspose");
    Tap image = new Tap("image");
    try (LoadedModel model = load();
        ForwardPass pass = model.forward(images(1), Set.of(image))) {
      assertThat(pass.outputs()).containsKey("scores");
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> pass.backward(seeds(1), Set.of(image)))
            .isInstanceOf(UnsupportedModelException.class)
            .hasMessageContaining("gradients at [image] of [scores]")
            .hasMessageContaining("ConvTranspose");
      }
      assertThat(backend.runs).hasValue(1);
    }
    backend.unknown.add("Conv");
    assertThatThrownBy(this::load)
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("stem");
  }
}
