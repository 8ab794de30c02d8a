package org.pellucid.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.backend.cuda.emulator.EmulatedCudaDriver;

/** Whatever a call of the driver answers: the exception has its code, name, call and kernel. */
class FailureCodesTest {
  /** A result that {@link CudaResult} does not know. */
  private static final int UNHEARD_OF = 4711;

  private final EmulatedCudaDriver driver = new EmulatedCudaDriver();
  private String failing = "";
  private int result;

  /** The emulated driver, one of whose calls may fail. */
  private final CudaDriver sometimes =
      (CudaDriver)
          Proxy.newProxyInstance(
              CudaDriver.class.getClassLoader(),
              new Class<?>[] {CudaDriver.class},
              (proxy, method, arguments) ->
                  method.getName().equals(failing) ? result : method.invoke(driver, arguments));

  private final CudaRuntime runtime = CudaRuntime.start(sometimes);
  private CudaContext context = runtime.open(runtime.devices().get(0));

  @AfterEach
  void close() {
    context.close();
    System.clearProperty(CudaContext.SYNCHRONOUS);
    assertThat(driver.openHandles()).isZero();
    assertThat(driver.openAllocations()).isZero();
  }

  /** Calls of a context's work, each with what makes it, and whether it is for a kernel. */
  private enum Call {
    cuMemAlloc(false),
    cuMemHostAlloc(false),
    cuMemGetInfo(false),
    cuMemcpyHtoDAsync(false),
    cuMemcpyDtoHAsync(false),
    cuMemcpyDtoDAsync(false),
    cuMemsetD8Async(false),
    cuStreamSynchronize(false),
    cuCtxPushCurrent(false),
    cuModuleLoadDataEx(true),
    cuModuleGetFunction(true),
    cuFuncGetAttribute(true),
    cuFuncSetAttribute(true),
    cuLaunchKernel(true);

    private final boolean ofKernel;

    Call(boolean ofKernel) {
      this.ofKernel = ofKernel;
    }
  }

  static Stream<Arguments> callsAndResults() {
    int[] results =
        IntStream.concat(
                Arrays.stream(CudaResult.values())
                    .filter(known -> known != CudaResult.SUCCESS)
                    .mapToInt(CudaResult::code),
                IntStream.of(UNHEARD_OF))
            .toArray();
    return Arrays.stream(Call.values())
        .flatMap(call -> Arrays.stream(results).mapToObj(code -> Arguments.of(call, code)));
  }

  /** All that a context is asked for, so that every call is made. */
  private static void work(CudaContext context) {
    Kernel kernel = TestKernels.library(context).kernel("reverse");
    DeviceBuffer buffer = context.allocate(16);
    buffer.write(new float[] {1, 2, 3, 4});
    buffer.slice(0, 8).copyFrom(buffer.slice(8, 8));
    kernel.launch(Dim3.of(1), Dim3.of(4), 60 << 10, buffer);
    buffer.read(new float[4]);
    buffer.clear();
    context.freeBytes();
    context.synchronize();
  }

  @ParameterizedTest
  @MethodSource("callsAndResults")
  void theExceptionTellsAll(Call call, int code) {
    result = code;
    failing = call.name();
    CudaException failure = catchThrowableOfType(CudaException.class, () -> work(context));
    failing = "";

    String name =
        CudaResult.of(code).map(known -> "CUDA_ERROR_" + known).orElse("CUresult " + UNHEARD_OF);
    boolean memory = call == Call.cuMemAlloc && code == CudaResult.OUT_OF_MEMORY.code();
    assertThat(failure).isInstanceOf(memory ? CudaOutOfMemoryException.class : CudaException.class);
    assertThat(failure.code()).isEqualTo(code);
    assertThat(failure.name()).isEqualTo(name);
    assertThat(failure.call()).isEqualTo(call.name());
    if (call.ofKernel) {
      assertThat(failure.kernel()).contains("reverse");
      assertThat(failure).hasMessageContaining("reverse");
    } else {
      assertThat(failure.kernel()).isEmpty();
    }
    if (!memory) {
      assertThat(failure).hasMessageContaining(name).hasMessageContaining("" + code);
    }
    boolean poisons = CudaResult.of(code).filter(CudaResult::poisons).isPresent();
    assertThat(context.usable()).isEqualTo(!poisons);
    if (poisons) {
      assertThatThrownBy(() -> work(context))
          .isInstanceOf(CudaException.class)
          .hasMessageContaining("close what was loaded and load it again")
          .hasMessageContaining(failure.getMessage());
    } else {
      work(context);
    }
  }

  /** A driver reports what a kernel did at any call, also at the launch of the next one. */
  @ParameterizedTest
  @ValueSource(strings = {"cuLaunchKernel", "cuModuleLoadDataEx", "cuMemAlloc"})
  void whatFailedBeforeIsNotBlamedOnTheCall(String call) {
    KernelLibrary library = TestKernels.library(context);
    DeviceBuffer buffer = context.allocate(16);
    ByteBuffer structure = ByteBuffer.allocate(8);
    library.kernel("scale").launch(Dim3.of(1), Dim3.of(1), 0, buffer, 1f, structure, 1);
    failing = call;
    result = CudaResult.ILLEGAL_ADDRESS.code();
    CudaException failure = catchThrowableOfType(CudaException.class, () -> work(context));
    assertThat(failure)
        .hasMessageContaining("A kernel that was launched before failed, scale at the latest")
        .hasMessageContaining("-Dpellucid.cuda.synchronous=true");
  }

  /**
   * Where launches wait, each kernel is known to have ended well, and the failure is the call's.
   */
  @Test
  void withSynchronousLaunchesTheKernelIsNamed() {
    context.close();
    System.setProperty(CudaContext.SYNCHRONOUS, "true");
    context = runtime.open(runtime.devices().get(0));
    KernelLibrary library = TestKernels.library(context);
    DeviceBuffer buffer = context.allocate(16);
    library
        .kernel("scale")
        .launch(Dim3.of(1), Dim3.of(1), 0, buffer, 1f, ByteBuffer.allocate(8), 1);
    driver.faults().failLaunch(1, CudaResult.ILLEGAL_ADDRESS);
    Kernel kernel = library.kernel("reverse");
    CudaException failure =
        catchThrowableOfType(
            CudaException.class, () -> kernel.launch(Dim3.of(1), Dim3.of(4), 0, buffer));
    assertThat(failure.kernel()).contains("reverse");
    assertThat(failure.call()).isEqualTo("cuStreamSynchronize");
    assertThat(failure)
        .hasMessageStartingWith("CUDA: kernel reverse (cuStreamSynchronize) failed with")
        .message()
        .doesNotContain("scale");
  }
}
