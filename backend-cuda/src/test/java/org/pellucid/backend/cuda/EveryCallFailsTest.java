package org.pellucid.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.api.Device;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Options;
import org.pellucid.api.Selection;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Target;
import org.pellucid.backend.cuda.emulator.EmulatedCudaDriver;
import org.pellucid.graph.PellucidException;
import org.pellucid.methods.SmoothGradCamPlusPlus;
import org.pellucid.testkit.SmallNetwork;

/**
 * Each call of the driver fails once, from its start to the end of an explanation: what was asked
 * fails with a sentence, or is right all the same; nothing stays behind, and the next time it
 * works.
 */
class EveryCallFailsTest {
  private final WatchedDriver watched = WatchedDriver.of(new EmulatedCudaDriver());

  private CudaBackend backend() {
    return new CudaBackend(() -> CudaRuntime.start(watched.driver()));
  }

  /** A backend on a driver that was started before, or is started by it. */
  private CudaBackend backend(CudaRuntime keeping) {
    return keeping == null ? backend() : new CudaBackend(() -> keeping);
  }

  private static LoadedModel load(CudaBackend backend) {
    return backend.load(SmallNetwork.channelsFirst(), LoadOptions.DEFAULT.with(Device.gpu(0)));
  }

  private static double[] explain(LoadedModel model) {
    StandardProbe probe =
        StandardProbe.of(model)
            .inputs(Map.of("image", SmallNetwork.image()))
            .target(Target.ofClass(1))
            .chunk(1)
            .build();
    SmoothGradCamPlusPlus method = new SmoothGradCamPlusPlus();
    return method
        .explain(
            probe,
            Selection.of(SmallNetwork.LAYER),
            Options.parse(method.options(), Map.of("samples", "3")))
        .map()
        .toDoubleArray();
  }

  /**
   * Explains until all that comes again is recorded and the model holds the layers of as many
   * images as it ever does, so that each further time has equal calls.
   */
  private static double[] explainRepeatedly(LoadedModel model) {
    for (int i = 0; i < 9; i++) {
      explain(model);
    }
    return explain(model);
  }

  private static double[] loadAndExplain(CudaBackend backend) {
    try (LoadedModel model = load(backend)) {
      return explain(model);
    }
  }

  @ParameterizedTest
  @CsvSource({"REFUSED, false", "POISONED, false", "REFUSED, true", "POISONED, true"})
  void nothingStaysBehind(WatchedDriver.Failure failure, boolean keeping) {
    CudaRuntime kept = keeping ? CudaRuntime.start(watched.driver(), true) : null;
    watched.fail(0, failure);
    double[] expected = loadAndExplain(backend(kept));
    List<String> calls = List.copyOf(watched.calls());
    assertThat(calls).contains("cuLaunchKernel", "cuMemHostAlloc", "cuGraphLaunch");
    assertThat(calls.contains("cuCtxDestroy")).isEqualTo(!keeping);
    end(kept);
    assertThat(watched.open()).isEmpty();
    int failures = 0;
    // Poison comes the same way from each of the calls between two launches.
    int step = failure == WatchedDriver.Failure.POISONED ? 3 : 1;
    for (int n = 1; n <= calls.size(); n += step) {
      String what = calls.get(n - 1) + ", call " + n + ", " + failure;
      CudaBackend backend = backend(kept);
      watched.fail(n, failure);
      try {
        assertThat(loadAndExplain(backend)).as(what).isEqualTo(expected);
      } catch (PellucidException e) {
        failures++;
        assertThat(e.getMessage()).as(what).isNotBlank();
      }
      assertThat(watched.calls()).as(what).hasSizeGreaterThanOrEqualTo(n);
      watched.fail(0, failure);
      if (n % 10 == 1) {
        assertThat(loadAndExplain(backend)).as("after " + what).isEqualTo(expected);
      }
      end(kept);
      assertThat(watched.open()).as(what).isEmpty();
    }
    assertThat(failures).isGreaterThan(calls.size() / step / 2);
  }

  private static void end(CudaRuntime kept) {
    if (kept != null) {
      kept.endSpare();
    }
  }

  /** A model that stays loaded goes on, and what it holds on the card does not grow. */
  @Test
  void aModelGoesOnAfterARefusedCall() {
    try (LoadedModel model = load(backend())) {
      double[] expected = explainRepeatedly(model);
      watched.fail(0, WatchedDriver.Failure.REFUSED);
      explain(model);
      int calls = watched.calls().size();
      int held = watched.open(WatchedDriver.Kind.MEMORY);
      for (int n = 1; n <= calls; n++) {
        watched.fail(n, WatchedDriver.Failure.REFUSED);
        try {
          explain(model);
        } catch (PellucidException e) {
          assertThat(e.getMessage()).isNotBlank();
        }
        String what = "after " + watched.calls().get(n - 1) + ", call " + n;
        watched.fail(0, WatchedDriver.Failure.REFUSED);
        assertThat(explain(model)).as(what).isEqualTo(expected);
        assertThat(watched.open(WatchedDriver.Kind.MEMORY)).as(what).isEqualTo(held);
      }
    }
    assertThat(watched.open()).isEmpty();
  }

  /** What a kernel has spoiled is not used again, and says what to do. */
  @Test
  void aSpoiledModelIsRefusedAndANewOneWorks() {
    CudaBackend backend = backend();
    double[] expected = loadAndExplain(backend);
    try (LoadedModel model = load(backend)) {
      explainRepeatedly(model);
      watched.fail(0, WatchedDriver.Failure.POISONED);
      explain(model);
      int launch = watched.calls().indexOf("cuGraphLaunch") + 1;
      watched.fail(launch, WatchedDriver.Failure.POISONED);
      assertThatThrownBy(() -> explain(model)).hasMessageContaining("ILLEGAL_ADDRESS");
      watched.fail(0, WatchedDriver.Failure.REFUSED);
      assertThatThrownBy(() -> explain(model))
          .isInstanceOf(CudaException.class)
          .hasMessageContaining("close what was loaded and load it again");
      assertThat(watched.calls()).as("calls of a spoiled context").isEmpty();
    }
    assertThat(watched.open()).isEmpty();
    assertThat(loadAndExplain(backend)).isEqualTo(expected);
  }
}
