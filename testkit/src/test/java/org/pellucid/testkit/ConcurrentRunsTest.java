package org.pellucid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pellucid.api.CancelledException;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.InputBatch;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Precision;
import org.pellucid.api.Tap;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** Samples that go up to the taps beside each other, and inputs that are made when they do. */
class ConcurrentRunsTest {
  private static final Tap LAYER = new Tap("block1 relu");

  private final StrictBackend backend = new StrictBackend();
  private final ModelGraph graph = Networks.residual();

  @BeforeEach
  void singleSamples() {
    backend.samplesAtOnce = 1;
    backend.concurrentRuns = 3;
  }

  @AfterEach
  void everythingIsClosedOnce() {
    backend.assertClosed();
  }

  private LoadedModel load() {
    return load(LoadOptions.DEFAULT);
  }

  private LoadedModel load(LoadOptions options) {
    return backend.load(graph, options.with(Precision.FLOAT64));
  }

  private Map<String, Tensor> images(int samples) {
    return Map.of("image", Networks.images(graph, samples, samples));
  }

  private static List<Tensor> answers(ForwardPass pass) {
    int samples = pass.samples();
    Tensor seed = new Values(samples).signed(samples, 3);
    return List.of(
        pass.activation(LAYER),
        pass.outputs().get("scores"),
        pass.backward(Map.of(new Tap("scores"), seed), Set.of(LAYER)).get(LAYER));
  }

  private static List<double[]> numbers(List<Tensor> tensors) {
    return tensors.stream().map(Tensor::toDoubleArray).toList();
  }

  private List<double[]> oneAfterAnother(int samples) {
    backend.concurrentRuns = 1;
    try (LoadedModel model = load();
        ForwardPass pass = model.forward(images(samples), Set.of(LAYER))) {
      return numbers(answers(pass));
    } finally {
      backend.concurrentRuns = 3;
    }
  }

  /** The first three wait for each other: were there fewer at once, none would go on. */
  @Test
  void asManyRunAtOnceAsTheEngineAsksFor() {
    CountDownLatch three = new CountDownLatch(3);
    backend.inConcurrentRun =
        () -> {
          three.countDown();
          try {
            assertThat(three.await(1, TimeUnit.MINUTES)).isTrue();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        };
    List<double[]> found;
    try (LoadedModel model = load();
        ForwardPass pass = model.forward(images(7), Set.of(LAYER))) {
      found = numbers(answers(pass));
    }
    assertThat(backend.compiledForConcurrentRuns).hasValue(1);
    List<double[]> expected = oneAfterAnother(7);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(found.get(i)).isEqualTo(expected.get(i));
    }
  }

  /** One sample had better use all threads. */
  @Test
  void fewSamplesRunOneAfterAnother() {
    try (LoadedModel model = load();
        ForwardPass pass = model.forward(images(1), Set.of(LAYER))) {
      answers(pass);
    }
    assertThat(backend.compiledForConcurrentRuns).hasValue(0);
  }

  @Test
  void thereAreNoMoreAtOnceThanMemoryHolds() {
    try (LoadedModel model = load(LoadOptions.DEFAULT.withMemoryBudget(1));
        ForwardPass pass = model.forward(images(4), Set.of(LAYER))) {
      answers(pass);
    }
    assertThat(backend.compiledForConcurrentRuns).hasValue(0);
  }

  @Test
  void theEngineSaysWhatMemoryThereIs() {
    backend.memoryBudget = asked -> 1;
    try (LoadedModel model = load();
        ForwardPass pass = model.forward(images(4), Set.of(LAYER))) {
      answers(pass);
    }
    assertThat(backend.compiledForConcurrentRuns).hasValue(0);
  }

  @Test
  void whatFailsOnAnyThreadIsToldAndLeavesNothingBehind() {
    try (LoadedModel model = load()) {
      for (int failing = 0; failing < 7; failing++) {
        backend.failingRun.set(failing);
        assertThatThrownBy(() -> model.forward(images(7), Set.of(LAYER)))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("to fail");
        assertThat(backend.openValues).hasValue(0);
        backend.failingRun.set(-1);
      }
      try (ForwardPass pass = model.forward(images(7), Set.of(LAYER))) {
        answers(pass);
      }
    }
  }

  /** The others wait for the interruption, and are too slow to do all before it is seen. */
  @Test
  void aCancelledPassEndsWhenNoThreadIsAtItAnyMore() {
    Thread caller = Thread.currentThread();
    CountDownLatch interrupted = new CountDownLatch(1);
    backend.inConcurrentRun =
        () -> {
          if (Thread.currentThread() == caller) {
            caller.interrupt();
            interrupted.countDown();
            return;
          }
          try {
            assertThat(interrupted.await(1, TimeUnit.MINUTES)).isTrue();
            Thread.sleep(200);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        };
    try (LoadedModel model = load()) {
      assertThatThrownBy(() -> model.forward(images(40), Set.of(LAYER)))
          .isInstanceOf(CancelledException.class)
          .hasMessageMatching(".*after \\d+ of 40 samples");
      assertThat(Thread.interrupted()).isTrue();
      assertThat(backend.openValues).hasValue(0);
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void inputsAreMadeWhereTheyAreRun() {
    Tensor whole = images(7).get("image");
    int size = whole.size() / 7;
    List<Integer> made = Collections.synchronizedList(new ArrayList<>());
    InputBatch batch =
        batch(
            7,
            "image",
            (from, count) -> {
              made.add(count);
              return Tensor.of(
                  whole.shape().with(0, count),
                  Arrays.copyOfRange(whole.toDoubleArray(), from * size, (from + count) * size));
            });
    List<double[]> expected = oneAfterAnother(7);
    try (LoadedModel model = load();
        ForwardPass pass = model.forward(batch, Set.of(LAYER), Optional.empty())) {
      List<double[]> found = numbers(answers(pass));
      for (int i = 0; i < expected.size(); i++) {
        assertThat(found.get(i)).isEqualTo(expected.get(i));
      }
      assertThat(made).hasSize(7).containsOnly(1);
    }
    assertThat(batch.all().get("image").toDoubleArray()).isEqualTo(whole.toDoubleArray());
  }

  @Test
  void wrongInputsAreToldWhenTheyAreMade() {
    try (LoadedModel model = load()) {
      InputBatch unknown = batch(2, "picture", (from, count) -> Tensor.of(Shape.of(1), 1.0));
      assertThatThrownBy(() -> model.forward(unknown, Set.of(LAYER), Optional.empty()))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("image")
          .hasMessageContaining("picture");
      InputBatch small = batch(2, "image", (from, count) -> Tensor.of(Shape.of(1), 1.0));
      assertThatThrownBy(() -> model.forward(small, Set.of(LAYER), Optional.empty()))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("Input \"image\" is")
          .hasMessageContaining("found float64[1]");
      InputBatch none = batch(0, "image", (from, count) -> Tensor.of(Shape.of(1), 1.0));
      assertThatThrownBy(() -> model.forward(none, Set.of(LAYER), Optional.empty()))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("at least one sample");
    }
    LoadOptions options = LoadOptions.DEFAULT.with(Precision.FLOAT64);
    try (LoadedModel model = backend.load(Networks.mixing(), options)) {
      InputBatch three = batch(3, "image", (from, count) -> Tensor.of(Shape.of(1), 1.0));
      assertThatThrownBy(() -> model.forward(three, Set.of(), Optional.empty()))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("cannot run 3 at once");
    }
  }

  private interface Maker {
    Tensor make(int from, int count);
  }

  private static InputBatch batch(int samples, String name, Maker maker) {
    return new InputBatch() {
      @Override
      public int samples() {
        return samples;
      }

      @Override
      public Set<String> names() {
        return Set.of(name);
      }

      @Override
      public Tensor make(String input, int from, int count) {
        return maker.make(from, count);
      }
    };
  }
}
