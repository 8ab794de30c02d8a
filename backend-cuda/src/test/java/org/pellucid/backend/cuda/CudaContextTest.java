package org.pellucid.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pellucid.backend.cuda.emulator.EmulatedCard;
import org.pellucid.backend.cuda.emulator.EmulatedCudaDriver;

/** Contexts, buffers, kernels and graphs, and how they fail. */
class CudaContextTest {
  private static final long MEMORY = 1 << 20;

  private EmulatedCudaDriver driver;
  private CudaRuntime runtime;
  private CudaContext context;

  @BeforeEach
  void open() {
    driver = new EmulatedCudaDriver(EmulatedCard.hopper().withMemory(MEMORY).withCards(2));
    runtime = CudaRuntime.start(driver);
    context = runtime.open(runtime.devices().get(0));
  }

  /** Nothing stays behind, whatever a test did. */
  @AfterEach
  void close() {
    context.close();
    assertThat(driver.openAllocations()).isZero();
    System.clearProperty(CudaContext.SYNCHRONOUS);
  }

  private static ByteBuffer structure(int first, float second) {
    return ByteBuffer.allocate(8)
        .order(ByteOrder.nativeOrder())
        .putInt(first)
        .putFloat(second)
        .flip();
  }

  private DeviceBuffer floats(float... values) {
    DeviceBuffer buffer = context.allocate(4L * values.length);
    buffer.write(values);
    return buffer;
  }

  private static float[] read(DeviceBuffer buffer) {
    float[] values = new float[(int) (buffer.bytes() / 4)];
    buffer.read(values);
    return values;
  }

  private Kernel scale() {
    return TestKernels.library(context).kernel("scale");
  }

  @Test
  void runsAKernel() {
    DeviceBuffer buffer = floats(1, 2, 3);
    scale().launch(Dim3.of(2), Dim3.of(2), 0, buffer, 2f, structure(0, 0.5f), 3);
    assertThat(read(buffer)).containsExactly(2.5f, 4.5f, 6.5f);
  }

  /** More than the 48 KiB that every kernel may have. */
  @Test
  void asksForLargeSharedMemory() {
    DeviceBuffer buffer = floats(1, 2, 3, 4);
    Kernel reverse = TestKernels.library(context).kernel("reverse");
    reverse.launch(Dim3.of(1), Dim3.of(4), 100 << 10, buffer);
    assertThat(read(buffer)).containsExactly(4, 3, 2, 1);
    assertThatThrownBy(() -> reverse.launch(Dim3.of(1), Dim3.of(4), 300 << 10, buffer))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("from 0 to 232448 bytes of dynamic shared memory");
    assertThatThrownBy(() -> reverse.launch(Dim3.of(1), Dim3.of(257), 0, buffer))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most 256 threads");
  }

  @Test
  void argumentsMustFit() {
    DeviceBuffer buffer = floats(1);
    assertArguments("has 4 parameters and was given 3", buffer, 2f, structure(0, 0));
    assertArguments("Parameter 1 of kernel scale is .f32", buffer, 2, structure(0, 0), 1);
    assertArguments("Parameter 0 of kernel scale is .u64", 2, 2f, structure(0, 0), 1);
    assertArguments("Parameter 3 of kernel scale is .u32", buffer, 2f, structure(0, 0), 1L);
    assertArguments(
        "is a structure of 8 bytes and was given a structure of 4 bytes",
        buffer,
        2f,
        ByteBuffer.allocate(4),
        1);
    assertArguments("given null", null, 2f, structure(0, 0), 1);
    try (CudaContext other = runtime.open(runtime.devices().get(1))) {
      assertArguments("of another context", other.allocate(4), 2f, structure(0, 0), 1);
    }
    assertThat(driver.launched()).isEmpty();
  }

  private void assertArguments(String message, Object... arguments) {
    assertThatThrownBy(() -> scale().launch(Dim3.of(1), Dim3.of(1), 0, arguments))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void copiesEveryType() {
    DeviceBuffer buffer = context.allocate(32);
    buffer.write(new double[] {1.5, -2});
    double[] doubles = new double[2];
    buffer.read(doubles);
    assertThat(doubles).containsExactly(1.5, -2);
    long[] longs = new long[1];
    buffer.write(new int[] {7, -1});
    buffer.read(longs);
    // The first number comes first in memory: the lower half here.
    assertThat(longs).containsExactly(7 | -1L << 32);
    buffer.write(new long[] {1L << 40});
    buffer.read(longs);
    assertThat(longs).containsExactly(1L << 40);
    buffer.clear();
    assertThat(read(buffer)).containsOnly(0);
  }

  /** Longer than what travels at once, in a length that no piece divides. */
  @Test
  void copiesInPieces() {
    context.close();
    driver = new EmulatedCudaDriver();
    runtime = CudaRuntime.start(driver);
    context = runtime.open(runtime.devices().get(0));
    float[] values = new float[2_500_001];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    DeviceBuffer buffer = floats(values);
    assertThat(read(buffer)).isEqualTo(values);
  }

  @Test
  void copiesWithinTheCardAndThroughPinnedMemory() {
    DeviceBuffer source = floats(1, 2, 3, 4);
    DeviceBuffer target = floats(9, 9, 9, 9);
    target.slice(4, 8).copyFrom(source.slice(8, 8));
    assertThat(read(target)).containsExactly(9, 3, 4, 9);
    try (PinnedBuffer pinned = context.allocatePinned(16)) {
      source.copyTo(pinned, 0, 16);
      context.synchronize();
      assertThat(pinned.view(4, 4).getFloat(0)).isEqualTo(2);
      pinned.view(8, 4).putFloat(0, 42);
      target.copyFrom(pinned, 8, 4);
      assertThat(read(target)).containsExactly(42, 3, 4, 9);
    }
  }

  /** Small copies wait for nothing, and what they read may change at once. */
  @Test
  void copiesToTheCardAreNotWaitedFor() {
    WatchedDriver watched = WatchedDriver.of(driver);
    CudaRuntime started = CudaRuntime.start(watched.driver());
    try (CudaContext other = started.open(started.devices().get(0))) {
      List<DeviceBuffer> buffers = new ArrayList<>();
      float[] values = new float[3];
      for (int i = 0; i < 100; i++) {
        Arrays.fill(values, i);
        buffers.add(other.allocate(12));
        buffers.get(i).write(values);
      }
      assertThat(watched.calls()).doesNotContain("cuStreamSynchronize");
      for (int i = 0; i < 100; i++) {
        assertThat(read(buffers.get(i))).containsOnly(i);
      }
    }
    assertThat(watched.open()).isEmpty();
  }

  @Test
  void boundsAreKept() {
    DeviceBuffer buffer = context.allocate(16);
    assertThatThrownBy(() -> buffer.write(new float[5]))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessageContaining("16 bytes has no room for 20");
    assertThatThrownBy(() -> buffer.slice(8, 12)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> buffer.read(new double[3]))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> context.allocate(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void nothingIsUsedAfterItWasClosed() {
    DeviceBuffer buffer = context.allocate(16);
    DeviceBuffer part = buffer.slice(8, 8);
    part.close();
    assertThat(part.address()).isEqualTo(buffer.address() + 8);
    buffer.close();
    buffer.close();
    assertThatThrownBy(buffer::address).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(part::address).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> buffer.write(new float[1])).isInstanceOf(IllegalStateException.class);
    PinnedBuffer pinned = context.allocatePinned(8);
    pinned.close();
    pinned.close();
    assertThatThrownBy(() -> pinned.view(0, 8)).isInstanceOf(IllegalStateException.class);
    DeviceBuffer other = context.allocate(16);
    context.close();
    context.close();
    assertThatThrownBy(other::address)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(context::synchronize)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("was closed");
    other.close();
    assertThat(driver.openHandles()).isZero();
  }

  @Test
  void countsItsMemory() {
    DeviceBuffer first = context.allocate(1000);
    DeviceBuffer second = context.allocate(500);
    second.close();
    assertThat(context.memory()).isEqualTo(new MemoryUse(1000, 1500, 1));
    assertThat(context.freeBytes()).isEqualTo(MEMORY - 1000);
    first.close();
    assertThat(context.memory()).isEqualTo(new MemoryUse(0, 1500, 0));
  }

  @Test
  void tellsWhatMemoryIsMissing() {
    DeviceBuffer kept = context.allocate(MEMORY - 1000);
    CudaOutOfMemoryException failure =
        catchThrowableOfType(CudaOutOfMemoryException.class, () -> context.allocate(2000));
    assertThat(failure.wanted()).isEqualTo(2000);
    assertThat(failure.free()).isEqualTo(1000);
    assertThat(failure.total()).isEqualTo(MEMORY);
    assertThat(failure.code()).isEqualTo(2);
    assertThat(failure)
        .hasMessage(
            "Emulated card has no 2000 bytes left: 1000 bytes of 1048576 bytes are free. Fewer"
                + " samples at once need less, and so does closing other programs on the card");
    // The context goes on.
    kept.close();
    context.allocate(2000);
  }

  @Test
  void anAllocationThatFailsLeavesTheContextWell() {
    driver.faults().failAllocation(2);
    context.allocate(8);
    assertThatThrownBy(() -> context.allocate(8)).isInstanceOf(CudaOutOfMemoryException.class);
    context.allocate(8);
    assertThat(context.memory().buffers()).isEqualTo(2);
  }

  @Test
  void aLaunchThatIsRefusedNamesItsKernel() {
    DeviceBuffer buffer = floats(1);
    driver.faults().failLaunch(1, CudaResult.LAUNCH_OUT_OF_RESOURCES);
    CudaException failure =
        catchThrowableOfType(
            CudaException.class,
            () -> scale().launch(Dim3.of(1), Dim3.of(1), 0, buffer, 2f, structure(0, 0), 1));
    assertThat(failure.kernel()).contains("scale");
    assertThat(failure.name()).isEqualTo("CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES");
    assertThat(failure.call()).isEqualTo("cuLaunchKernel");
    assertThat(context.usable()).isTrue();
    scale().launch(Dim3.of(1), Dim3.of(1), 0, buffer, 2f, structure(0, 0), 1);
    assertThat(read(buffer)).containsExactly(2);
  }

  /** As on a card, what a kernel does wrong shows at the next call. */
  @ParameterizedTest
  @EnumSource(names = {"ILLEGAL_ADDRESS", "MISALIGNED_ADDRESS", "LAUNCH_FAILED", "LAUNCH_TIMEOUT"})
  void aSpoiledContextIsRefusedAndANewOneWorks(CudaResult result) {
    DeviceBuffer buffer = floats(1);
    driver.faults().failLaunch(1, result);
    scale().launch(Dim3.of(1), Dim3.of(1), 0, buffer, 2f, structure(0, 0), 1);
    CudaException failure = catchThrowableOfType(CudaException.class, context::synchronize);
    assertThat(failure.code()).isEqualTo(result.code());
    assertThat(failure)
        .hasMessageContaining("CUDA_ERROR_" + result)
        .hasMessageContaining("scale at the latest")
        .hasMessageContaining("-Dpellucid.cuda.synchronous=true");
    assertThat(context.usable()).isFalse();
    assertThatThrownBy(() -> context.allocate(8))
        .isInstanceOf(CudaException.class)
        .hasMessageContaining("cannot be used any more; close what was loaded and load it again")
        .hasMessageContaining(failure.getMessage());
    buffer.close();
    context.close();
    assertThat(driver.openHandles()).isZero();
    context = runtime.open(runtime.devices().get(0));
    DeviceBuffer other = floats(3);
    scale().launch(Dim3.of(1), Dim3.of(1), 0, other, 2f, structure(0, 0), 1);
    assertThat(read(other)).containsExactly(6);
  }

  @Test
  void aSynchronousLaunchNamesItsKernelItself() {
    context.close();
    System.setProperty(CudaContext.SYNCHRONOUS, "true");
    context = runtime.open(runtime.devices().get(0));
    DeviceBuffer buffer = floats(1);
    Kernel kernel = scale();
    CudaException failure =
        catchThrowableOfType(
            CudaException.class,
            () -> kernel.launch(Dim3.of(1), Dim3.of(2), 0, buffer, 2f, structure(0, 0), 2));
    assertThat(failure.kernel()).contains("scale");
    assertThat(failure.code()).isEqualTo(700);
    assertThat(failure).hasMessageContaining("offset 4 of allocation");
  }

  @Test
  void aLostCardSpoilsTheContext() {
    DeviceBuffer buffer = floats(1);
    driver.faults().loseContext();
    assertThatThrownBy(() -> read(buffer))
        .isInstanceOf(CudaException.class)
        .hasMessageContaining("CUDA_ERROR_UNKNOWN");
    assertThat(context.usable()).isFalse();
  }

  @Test
  void recordsLaunchesAndRunsThemAgain() {
    assertThat(context.canCapture()).isTrue();
    DeviceBuffer buffer = floats(1, 2);
    DeviceBuffer copy = floats(0, 0);
    Kernel kernel = scale();
    try (CudaGraph graph =
        context.capture(
            () -> {
              kernel.launch(Dim3.of(1), Dim3.of(32), 0, buffer, 2f, structure(0, 1), 2);
              copy.copyFrom(buffer);
            })) {
      assertThat(read(buffer)).containsExactly(1, 2);
      graph.launch();
      graph.launch();
      assertThat(read(copy)).containsExactly(7, 11);
      graph.close();
      assertThatThrownBy(graph::launch).isInstanceOf(IllegalStateException.class);
    }
  }

  /** What cannot be recorded spoils the recording and not the context. */
  @Test
  void refusesToRecordWhatWaits() {
    DeviceBuffer buffer = floats(1);
    assertThatThrownBy(() -> context.capture(() -> read(buffer)))
        .isInstanceOf(CudaException.class)
        .hasMessageContaining("CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED");
    assertThatThrownBy(() -> context.capture(() -> context.allocate(8)))
        .isInstanceOf(CudaException.class);
    assertThatThrownBy(() -> context.capture(() -> buffer.write(new float[] {2})))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("cannot be recorded");
    assertThat(read(buffer)).containsExactly(1);
    try (CudaGraph graph = context.capture(buffer::clear)) {
      graph.launch();
    }
    assertThat(read(buffer)).containsExactly(0);
  }

  @Test
  void saysThatADriverCannotRecord() {
    EmulatedCudaDriver older = new EmulatedCudaDriver(EmulatedCard.hopper().withoutGraphs());
    CudaRuntime started = CudaRuntime.start(older);
    try (CudaContext plain = started.open(started.devices().get(0))) {
      assertThat(plain.canCapture()).isFalse();
      assertThatThrownBy(() -> plain.capture(() -> {}))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("CUDA 11.4");
    }
  }

  /** Each thread gets the context for itself, and leaves its own current context alone. */
  @Test
  void threadsTakeTurns() throws InterruptedException {
    DeviceBuffer buffer = floats(0);
    Kernel kernel = scale();
    Thread[] threads = new Thread[4];
    for (int i = 0; i < threads.length; i++) {
      threads[i] =
          new Thread(
              () -> {
                for (int round = 0; round < 25; round++) {
                  try (CudaContext.Use use = context.use()) {
                    kernel.launch(Dim3.of(1), Dim3.of(1), 0, buffer, 1f, structure(0, 1), 1);
                    context.synchronize();
                  }
                }
              });
      threads[i].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(read(buffer)).containsExactly(100);
    assertThat(driver.cuCtxPopCurrent(new long[1])).isEqualTo(CudaResult.INVALID_CONTEXT.code());
  }
}
