package org.pellucid.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.api.CancelledException;
import org.pellucid.api.Device;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Options;
import org.pellucid.api.Progress;
import org.pellucid.api.Selection;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Target;
import org.pellucid.backend.cuda.emulator.EmulatedCudaDriver;
import org.pellucid.methods.SmoothGradCamPlusPlus;
import org.pellucid.testkit.SmallNetwork;

/**
 * An interrupt ends an explanation after the batch that runs, and the card holds no more than
 * before.
 */
class InterruptedExplanationsTest {
  private final WatchedDriver watched = WatchedDriver.of(new EmulatedCudaDriver());

  @AfterEach
  void nobodyElseIsInterrupted() {
    Thread.interrupted();
  }

  /** After so many noisy copies. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 11})
  void frees_everything(int copies) {
    watched.fail(0, WatchedDriver.Failure.REFUSED);
    CudaBackend backend = new CudaBackend(() -> CudaRuntime.start(watched.driver()));
    try (LoadedModel model =
        backend.load(SmallNetwork.channelsFirst(), LoadOptions.DEFAULT.with(Device.gpu(0)))) {
      double[] expected = explain(model, Progress.NONE);
      // Until the model holds the layers of as many images as it ever does.
      for (int i = 0; i < 9; i++) {
        explain(model, Progress.NONE);
      }
      int held = watched.open(WatchedDriver.Kind.MEMORY);
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(
                () ->
                    explain(
                        model,
                        (done, total) -> {
                          if (done >= copies) {
                            Thread.currentThread().interrupt();
                          }
                        }))
            .isInstanceOf(CancelledException.class);
        assertThat(Thread.interrupted()).as("the flag stays set").isTrue();
        assertThat(watched.open(WatchedDriver.Kind.MEMORY)).isLessThanOrEqualTo(held);
      }
      assertThat(explain(model, Progress.NONE)).isEqualTo(expected);
    }
    assertThat(watched.open()).isEmpty();
  }

  private static double[] explain(LoadedModel model, Progress progress) {
    StandardProbe probe =
        StandardProbe.of(model)
            .inputs(Map.of("image", SmallNetwork.image()))
            .target(Target.ofClass(1))
            .chunk(2)
            .progress(progress)
            .build();
    SmoothGradCamPlusPlus method = new SmoothGradCamPlusPlus();
    return method
        .explain(
            probe,
            Selection.of(SmallNetwork.LAYER),
            Options.parse(method.options(), Map.of("samples", "24")))
        .map()
        .toDoubleArray();
  }
}
