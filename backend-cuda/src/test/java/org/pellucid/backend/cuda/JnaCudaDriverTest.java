package org.pellucid.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whether calls and their arguments arrive in a library in C: a driver without a card ({@code
 * src/test/c/driver.c}), which is compiled here where there is a C compiler.
 */
class JnaCudaDriverTest {
  @TempDir private Path directory;

  @AfterEach
  void forget() {
    System.clearProperty(JnaCudaDriver.LIBRARY);
  }

  private CudaRuntime start(String... options) {
    Path library = directory.resolve("libdriver.so");
    List<String> command =
        new ArrayList<>(List.of("cc", "-shared", "-fPIC", "-w", "-o", library.toString()));
    command.addAll(List.of(options));
    command.add("src/test/c/driver.c");
    try {
      int status = new ProcessBuilder(command).inheritIO().start().waitFor();
      assertThat(status).as("the C compiler").isZero();
    } catch (IOException e) {
      abort("There is no C compiler called cc: " + e.getMessage());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    System.setProperty(JnaCudaDriver.LIBRARY, library.toString());
    return CudaRuntime.startSystem(JnaCudaDriver.load());
  }

  private static ByteBuffer structure(int first, float second) {
    return ByteBuffer.allocate(8)
        .order(ByteOrder.nativeOrder())
        .putInt(first)
        .putFloat(second)
        .flip();
  }

  @Test
  void argumentsAndResultsArrive() {
    CudaRuntime runtime = start("-DGRAPHS");
    assertThat(runtime)
        .hasToString(
            "CUDA 12.4 on [Card of C (GPU-00112233-4455-6677-8899-aabbccddeeff, compute capability"
                + " 8.9)]");
    CudaDevice device = runtime.devices().get(0);
    assertThat(device.memoryBytes()).isEqualTo(5L << 32);
    assertThat(device.limits()).isEqualTo(new CudaDevice.Limits(1016, 1001, 1008, 1097));
    try (CudaContext context = runtime.open(device)) {
      DeviceBuffer buffer = context.allocate(12);
      buffer.write(new float[] {1, 2, 3});
      Kernel kernel = TestKernels.library(context).kernel("scale");
      Dim3 grid = new Dim3(2, 3, 4);
      Dim3 block = new Dim3(5, 6, 7);
      kernel.launch(grid, block, 8, buffer, 2f, structure(0, 0.5f), 3);
      float[] values = new float[3];
      buffer.read(values);
      assertThat(values).containsExactly(2.5f, 4.5f, 6.5f);
      DeviceBuffer copy = context.allocate(12);
      copy.write(new float[] {7, 7, 7});
      copy.slice(4, 4).clear();
      copy.slice(8, 4).copyFrom(buffer.slice(0, 4));
      copy.read(values);
      assertThat(values).containsExactly(7, 0, 2.5f);
      assertThat(context.freeBytes()).isEqualTo((5L << 32) - 24);
      CudaOutOfMemoryException missing =
          catchThrowableOfType(
              CudaOutOfMemoryException.class, () -> context.allocate((1L << 32) + 1));
      assertThat(missing.free()).isEqualTo((5L << 32) - 24);
      try (CudaGraph graph = context.capture(copy::clear)) {
        graph.launch();
      }
      CudaException failure =
          catchThrowableOfType(
              CudaException.class,
              () -> kernel.launch(grid, block, 8, buffer, 2f, structure(-1, 0), 3));
      assertThat(failure)
          .hasMessageStartingWith(
              "CUDA: kernel scale (cuLaunchKernel) failed with CUDA_ERROR_LAUNCH_FAILED (719):"
                  + " unspecified launch failure. A kernel that was launched before failed");
    }
  }

  @Test
  void whatTheCompilerSaysArrives() {
    CudaRuntime runtime = start();
    try (CudaContext context = runtime.open(runtime.devices().get(0))) {
      KernelImage wrong = new KernelImage("w", TestKernels.SCALE.ptx() + "// wrong", Map.of());
      KernelLibrary library = new KernelLibrary(context, List.of(wrong));
      assertThatThrownBy(() -> library.kernel("scale"))
          .isInstanceOf(CudaException.class)
          .hasMessageContaining("ptxas says that it is wrong");
    }
  }

  /** A driver before CUDA 11.4 does all but record. */
  @Test
  void doesWithoutTheCallsForGraphs() {
    CudaRuntime runtime = start();
    try (CudaContext context = runtime.open(runtime.devices().get(0))) {
      assertThat(context.canCapture()).isFalse();
    }
  }
}
