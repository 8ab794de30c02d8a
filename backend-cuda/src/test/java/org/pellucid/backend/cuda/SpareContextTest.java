package org.pellucid.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pellucid.api.Device;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Precision;
import org.pellucid.backend.cuda.WatchedDriver.Kind;
import org.pellucid.backend.cuda.emulator.EmulatedCudaDriver;
import org.pellucid.testkit.SmallNetwork;

/** The context that the runtime keeps of a card for the next model. */
class SpareContextTest {
  private final WatchedDriver watched = WatchedDriver.of(new EmulatedCudaDriver());
  private final CudaRuntime runtime = CudaRuntime.start(watched.driver(), true);
  private final CudaBackend backend = new CudaBackend(() -> runtime);

  @AfterEach
  void nothingStaysBehindInTheEnd() {
    runtime.endSpare();
    assertThat(watched.open()).isEmpty();
  }

  private LoadedModel load(Precision precision) {
    return backend.load(
        SmallNetwork.channelsFirst(), LoadOptions.DEFAULT.with(Device.gpu(0)).with(precision));
  }

  private static double[] scores(LoadedModel model) {
    try (ForwardPass pass = model.forward(Map.of("image", SmallNetwork.image()), Set.of())) {
      return pass.outputs().values().iterator().next().toDoubleArray();
    }
  }

  private int calls(String name) {
    return Collections.frequency(watched.calls(), name);
  }

  @Test
  void theNextModelHasTheContextAndTheKernelsOfTheOneBefore() {
    double[] expected;
    try (LoadedModel first = load(Precision.FLOAT32)) {
      expected = scores(first);
    }
    assertThat(watched.open(Kind.CONTEXT)).isEqualTo(1);
    assertThat(watched.open(Kind.MEMORY)).isZero();
    assertThat(watched.open(Kind.PINNED)).isZero();
    assertThat(backend.memory(Device.gpu(0)).orElseThrow().peakBytes()).isPositive();
    watched.fail(0, WatchedDriver.Failure.REFUSED);
    try (LoadedModel second = load(Precision.FLOAT32)) {
      assertThat(scores(second)).isEqualTo(expected);
    }
    assertThat(calls("cuCtxCreate")).isZero();
    assertThat(calls("cuModuleLoadDataEx")).isZero();
    // Another precision has kernels of its own.
    try (LoadedModel third = load(Precision.FLOAT64)) {
      scores(third);
    }
    assertThat(calls("cuCtxCreate")).isZero();
    assertThat(calls("cuModuleLoadDataEx")).isPositive();
  }

  @Test
  void modelsThatAreLoadedAtOnceHaveContextsOfTheirOwnAndOneIsKept() {
    try (LoadedModel first = load(Precision.FLOAT32);
        LoadedModel second = load(Precision.FLOAT32)) {
      assertThat(watched.open(Kind.CONTEXT)).isEqualTo(2);
      assertThat(scores(first)).isEqualTo(scores(second));
    }
    assertThat(watched.open(Kind.CONTEXT)).isEqualTo(1);
  }

  @Test
  void aSpoiledContextIsNotKept() {
    try (LoadedModel model = load(Precision.FLOAT32)) {
      scores(model);
      watched.fail(0, WatchedDriver.Failure.POISONED);
      scores(model);
      int waiting = watched.calls().indexOf("cuStreamSynchronize") + 1;
      watched.fail(waiting, WatchedDriver.Failure.POISONED);
      assertThatThrownBy(() -> scores(model)).isInstanceOf(CudaException.class);
      watched.fail(0, WatchedDriver.Failure.REFUSED);
    }
    assertThat(watched.open(Kind.CONTEXT)).isZero();
    try (LoadedModel model = load(Precision.FLOAT32)) {
      assertThat(scores(model)).isNotEmpty();
    }
  }
}
