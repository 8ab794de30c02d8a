package org.pellucid.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.api.BackendException;
import org.pellucid.backend.cuda.emulator.EmulatedCard;
import org.pellucid.backend.cuda.emulator.EmulatedCudaDriver;

/** Starting a driver, and what is said where there is none. */
class CudaRuntimeTest {
  @AfterEach
  void forget() {
    System.clearProperty(CudaRuntime.DEVICES);
    System.clearProperty(JnaCudaDriver.LIBRARY);
  }

  private static List<CudaDevice> devices(String chosen) {
    System.setProperty(CudaRuntime.DEVICES, chosen);
    return CudaRuntime.start(new EmulatedCudaDriver(EmulatedCard.hopper().withCards(3))).devices();
  }

  @Test
  void readsWhatTheCardsAre() {
    CudaRuntime runtime = CudaRuntime.start(new EmulatedCudaDriver(EmulatedCard.hopper()));
    assertThat(runtime)
        .hasToString(
            "CUDA 13.0 on [Emulated card (GPU-11111111-1111-1111-1111-111111111111, compute"
                + " capability 9.0)]");
    CudaDevice device = runtime.devices().get(0);
    assertThat(device.memoryBytes()).isEqualTo(1L << 30);
    assertThat(device.limits()).isEqualTo(new CudaDevice.Limits(2, 1024, 49152, 232448));
  }

  @Test
  void choosesCardsByNumberAndUuid() {
    assertThat(devices("2,0")).extracting(CudaDevice::ordinal).containsExactly(2, 0);
    assertThat(devices("GPU-2222, 0")).extracting(CudaDevice::ordinal).containsExactly(1, 0);
    assertThat(devices(" ")).hasSize(3);
  }

  @ParameterizedTest
  @CsvSource({"7", "GPU-9999", "GPU-", "first"})
  void refusesCardsThatAreNotThere(String chosen) {
    assertThatThrownBy(() -> devices("0," + chosen + ","))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("\"" + chosen + "\" in the property pellucid.cuda.devices")
        .hasMessageContaining("0: Emulated card (GPU-11111111");
  }

  /** A driver whose start answers with a result. */
  private static CudaDriver startingWith(CudaResult result) {
    CudaDriver emulated = new EmulatedCudaDriver();
    return (CudaDriver)
        Proxy.newProxyInstance(
            CudaDriver.class.getClassLoader(),
            new Class<?>[] {CudaDriver.class},
            (proxy, method, arguments) ->
                method.getName().equals("cuInit")
                    ? result.code()
                    : method.invoke(emulated, arguments));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          STUB_LIBRARY                   | take .../stubs out of LD_LIBRARY_PATH
          NO_DEVICE                      | finds no graphics card: see whether nvidia-smi lists one
          SYSTEM_DRIVER_MISMATCH         | restart the machine
          COMPAT_NOT_SUPPORTED_ON_DEVICE | remove .../compat from LD_LIBRARY_PATH
          SYSTEM_NOT_READY               | start nvidia-fabricmanager
          UNKNOWN                        | does not start: CUDA: cuInit failed with CUDA_ERROR_UNKNOWN
          """)
  void saysWhatToDoWhereTheDriverDoesNotStart(CudaResult result, String advice) {
    assertThatThrownBy(() -> CudaRuntime.startSystem(startingWith(result)))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining(advice);
  }

  @Test
  void saysWhatToDoWhereThereIsNoDriver() {
    System.setProperty(JnaCudaDriver.LIBRARY, "no-such-cuda");
    for (int again = 0; again < 2; again++) {
      assertThatThrownBy(JnaCudaDriver::load)
          .isInstanceOf(BackendException.class)
          .hasMessageStartingWith("There is no NVIDIA driver here: the library no-such-cuda")
          .hasMessageContaining("-Dpellucid.cuda.library=PATH");
    }
  }

  /** A library that is there and has none of the functions: the mathematical one of C. */
  @Test
  void saysThatALibraryIsNoDriver() {
    assumeThat(System.getProperty("os.name")).isEqualTo("Linux");
    System.setProperty(JnaCudaDriver.LIBRARY, "libm.so.6");
    for (int again = 0; again < 2; again++) {
      assertThatThrownBy(JnaCudaDriver::load)
          .isInstanceOf(BackendException.class)
          .hasMessageContaining("The library libm.so.6 is not a CUDA driver that is new enough")
          .hasMessageContaining("install an NVIDIA driver for CUDA 11 or newer");
    }
  }

  /** On this machine, whatever it has: an answer, and no other exception. */
  @Test
  void theSystemsDriverStartsOrSaysWhyNot() {
    try {
      assertThat(CudaRuntime.system().devices()).isNotEmpty();
    } catch (BackendException e) {
      assertThat(e).hasMessageContaining("NVIDIA driver");
    }
  }
}
