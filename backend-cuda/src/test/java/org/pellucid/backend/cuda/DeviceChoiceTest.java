package org.pellucid.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.api.BackendException;
import org.pellucid.api.Device;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.backend.cuda.emulator.EmulatedCard;
import org.pellucid.backend.cuda.emulator.EmulatedCudaDriver;
import org.pellucid.testkit.Networks;

/** Choosing among three cards, GPU-11111111-..., GPU-22222222-... and GPU-33333333-... */
class DeviceChoiceTest {
  private final EmulatedCudaDriver driver =
      new EmulatedCudaDriver(EmulatedCard.hopper().withCards(3));
  private final CudaBackend backend = new CudaBackend(() -> CudaRuntime.start(driver));

  @ParameterizedTest
  @CsvSource({
    "gpu, 0",
    "gpu:1, 1",
    "cuda:2, 2",
    "GPU-2222, 1",
    "GPU-33333333-3333-3333-3333-333333333333, 2"
  })
  void aModelRunsOnTheCardThatWasNamed(String name, int card) {
    Device device = backend.device(name).orElseThrow();
    assertThat(device).isEqualTo(Device.gpu(card));
    try (LoadedModel model =
            backend.load(Networks.knownAnswer(), LoadOptions.DEFAULT.with(device));
        ForwardPass pass = model.forward(Map.of("image", Networks.knownAnswerImage()), Set.of())) {
      assertThat(pass.outputs().get("scores").toFloatArray()).containsExactly(54, 0);
      for (int i = 0; i < 3; i++) {
        assertThat(driver.openAllocations(i) > 0).isEqualTo(i == card);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"cpu", "gpu:3", "cuda:63", "GPU-4444", "GPU-22222222-3"})
  void thereIsNoOther(String name) {
    assertThat(backend.device(name)).isEmpty();
  }

  @Test
  void namesMustBeNames() {
    assertThatThrownBy(() -> backend.device("tpu")).isInstanceOf(InvalidRequestException.class);
  }

  @Test
  void aBeginningMustNameOneCard() {
    CudaBackend twins =
        new CudaBackend(
            () -> CudaRuntime.start(new EmulatedCudaDriver(EmulatedCard.hopper().withCards(17))));
    // The UUIDs count in steps of 0x11: the second is 22..., the seventeenth 21...
    assertThatThrownBy(() -> twins.device("GPU-2"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("the beginning of the UUIDs of several cards");
    assertThat(twins.device("GPU-22")).contains(Device.gpu(1));
  }

  /** Where there is no driver a UUID names nothing, and no exception comes. */
  @Test
  void withoutADriverThereIsNone() {
    CudaBackend none =
        new CudaBackend(
            () -> {
              throw new BackendException("no driver");
            });
    assertThat(none.device("GPU-1111")).isEmpty();
  }
}
