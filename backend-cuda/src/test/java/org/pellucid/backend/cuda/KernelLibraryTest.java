package org.pellucid.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pellucid.backend.cuda.emulator.EmulatedCard;
import org.pellucid.backend.cuda.emulator.EmulatedCudaDriver;

class KernelLibraryTest {
  private static CudaContext open(EmulatedCard card) {
    CudaRuntime runtime = CudaRuntime.start(new EmulatedCudaDriver(card));
    return runtime.open(runtime.devices().get(0));
  }

  @Test
  void readsSignatures() {
    KernelSignature signature = KernelSignature.parse(TestKernels.SCALE.ptx()).get("scale");
    assertThat(signature.parameters())
        .containsExactly(
            new KernelSignature.Parameter("u64", 8, 8),
            new KernelSignature.Parameter("f32", 4, 4),
            new KernelSignature.Parameter("b8", 8, 4),
            new KernelSignature.Parameter("u32", 4, 4));
    assertThat(KernelSignature.parse(".visible .entry none()\n{ ret; }").get("none").parameters())
        .isEmpty();
    assertThat(
            KernelSignature.parse(
                    ".entry k(.param .u64 .ptr .global .align 4 a, .param .u64 .ptr .align 1 b) {}")
                .get("k")
                .parameters())
        .containsOnly(new KernelSignature.Parameter("u64", 8, 8));
  }

  @Test
  void knowsWhatTheCardIsNewEnoughFor() {
    try (CudaContext turing = open(EmulatedCard.hopper().withCapability(7, 5))) {
      KernelLibrary library = TestKernels.library(turing);
      assertThat(library.kernel("scale")).isSameAs(library.kernel("scale"));
      assertThatThrownBy(() -> library.kernel("reverse"))
          .isInstanceOf(CudaException.class)
          .hasMessageContaining("reverse")
          .hasMessageContaining("compute capability 7.5");
    }
  }

  @Test
  void listsTheKernelsThatThereAre() {
    try (CudaContext context = open(EmulatedCard.hopper())) {
      KernelLibrary library = TestKernels.library(context);
      assertThatThrownBy(() -> library.kernel("scael"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("There is no kernel scael, only [reverse, scale]");
      assertThatThrownBy(
              () ->
                  new KernelLibrary(
                      context,
                      List.of(
                          TestKernels.SCALE,
                          new KernelImage("again", TestKernels.SCALE.ptx(), Map.of()))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("is in scale and in again");
    }
  }

  @Test
  void tellsWhatTheCompilerSays() {
    KernelImage broken =
        new KernelImage("broken", TestKernels.SCALE.ptx().replace("fma.rn", "fmaa.rn"), Map.of());
    try (CudaContext context = open(EmulatedCard.hopper())) {
      KernelLibrary library = new KernelLibrary(context, List.of(broken));
      assertThatThrownBy(() -> library.kernel("scale"))
          .isInstanceOf(CudaException.class)
          .hasMessageContaining("does not compile the kernels of broken")
          .hasMessageContaining("CUDA_ERROR_INVALID_PTX (218)")
          .hasMessageContaining("fmaa.rn.f32");
      assertThat(context.usable()).isTrue();
    }
  }

  @Test
  void saysThatTheDriverIsTooOld() {
    try (CudaContext context = open(EmulatedCard.hopper().withDriverVersion(10_020))) {
      assertThatThrownBy(() -> TestKernels.library(context).kernel("scale"))
          .isInstanceOf(CudaException.class)
          .hasMessageContaining("CUDA_ERROR_UNSUPPORTED_PTX_VERSION (222)")
          .hasMessageContaining("a newer NVIDIA driver would take it");
    }
  }

  /** The emulator does not take machine code, as a card does not take that of another. */
  @Test
  void compilesWhereMachineCodeIsNotTaken() {
    KernelImage both =
        new KernelImage(
            "both", TestKernels.SCALE.ptx(), Map.of(90, new byte[] {0x7f, 'E', 'L', 'F', 2}));
    try (CudaContext context = open(EmulatedCard.hopper())) {
      assertThat(new KernelLibrary(context, List.of(both)).kernel("scale").name())
          .isEqualTo("scale");
    }
  }
}
