package org.pellucid.backend.cuda.emulator;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.pellucid.backend.cuda.CudaDriver;
import org.pellucid.backend.cuda.CudaGraphCalls;
import org.pellucid.backend.cuda.CudaResult;
import org.pellucid.backend.cuda.Dim3;

/**
 * A CUDA driver in Java: its cards run PTX in an interpreter. Kernels run when they are launched,
 * but what they do wrong shows at the next call, as on a card; {@link #errorText} then tells what
 * it was.
 *
 * <p>Beyond what a card does, it finds accesses outside of an allocation (also just past its end,
 * and after it was freed), barriers that not all threads reach, and, where the card is set to,
 * races in shared memory.
 */
public final class EmulatedCudaDriver implements CudaDriver {
  private static final int STREAM_OFFSET = 1 << 20;

  private final EmulatedState state;
  private final EmulatedMemoryCalls memory;
  private final EmulatedKernelCalls kernels;
  private final CudaGraphCalls graphCalls;
  private volatile boolean started;

  /** Makes a driver. */
  public EmulatedCudaDriver(EmulatedCard card) {
    this.state = new EmulatedState(card);
    this.memory = new EmulatedMemoryCalls(state);
    this.kernels = new EmulatedKernelCalls(state);
    this.graphCalls = new EmulatedGraphCalls(state);
  }

  /** A driver of one card with 1 GiB. */
  public EmulatedCudaDriver() {
    this(EmulatedCard.hopper());
  }

  /** Failures to come. */
  public Faults faults() {
    return state.faults();
  }

  /** The kernels that were run, in order, those of graphs too. */
  public List<String> launched() {
    return kernels.launched();
  }

  /** Forgets {@link #launched}. */
  public void forgetLaunched() {
    kernels.forgetLaunched();
  }

  /** How many buffers are allocated on all cards. */
  public int openAllocations() {
    return IntStream.range(0, state.card().cards()).map(this::openAllocations).sum();
  }

  /** How many buffers are allocated on a card. */
  public int openAllocations(int card) {
    return state.memory(card).allocations();
  }

  /** How many pieces of page-locked memory and contexts there are. */
  public int openHandles() {
    return memory.openPinned() + state.openContexts();
  }

  // ---- start, cards ----

  @Override
  public int cuInit(int flags) {
    started = state.card().cards() > 0;
    return started ? 0 : CudaResult.NO_DEVICE.code();
  }

  @Override
  public int cuDriverGetVersion(int[] version) {
    version[0] = state.card().driverVersion();
    return 0;
  }

  @Override
  public int cuDeviceGetCount(int[] count) {
    count[0] = state.card().cards();
    return started ? 0 : CudaResult.NOT_INITIALIZED.code();
  }

  @Override
  public int cuDeviceGet(int[] device, int ordinal) {
    device[0] = ordinal;
    return ordinal < state.card().cards() ? 0 : CudaResult.INVALID_DEVICE.code();
  }

  @Override
  public int cuDeviceGetName(byte[] name, int length, int device) {
    byte[] text = "Emulated card".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, name, 0, text.length);
    return 0;
  }

  @Override
  public int cuDeviceGetUuid(byte[] uuid, int device) {
    Arrays.fill(uuid, (byte) (0x11 * (device + 1)));
    return 0;
  }

  @Override
  public int cuDeviceTotalMem(long[] bytes, int device) {
    bytes[0] = state.card().memoryBytes();
    return 0;
  }

  @Override
  public int cuDeviceGetAttribute(int[] value, int attribute, int device) {
    OptionalInt known = state.card().attribute(attribute);
    value[0] = known.orElse(0);
    return known.isPresent() ? 0 : CudaResult.INVALID_VALUE.code();
  }

  // ---- contexts and streams ----

  @Override
  public int cuCtxCreate(long[] context, int flags, int device) {
    if (!started) {
      return CudaResult.NOT_INITIALIZED.code();
    }
    context[0] = state.make(device);
    return 0;
  }

  @Override
  public int cuCtxDestroy(long context) {
    synchronized (state) {
      Optional<EmulatedContext> destroyed = state.remove(context);
      destroyed.ifPresent(memory::free);
      return destroyed.isPresent() ? 0 : CudaResult.INVALID_CONTEXT.code();
    }
  }

  @Override
  public int cuCtxPushCurrent(long context) {
    return state.push(context) ? 0 : CudaResult.INVALID_CONTEXT.code();
  }

  @Override
  public int cuCtxPopCurrent(long[] context) {
    Optional<Long> popped = state.pop();
    context[0] = popped.orElse(0L);
    return popped.isPresent() ? 0 : CudaResult.INVALID_CONTEXT.code();
  }

  @Override
  public int cuStreamCreate(long[] stream, int flags) {
    return state.inContext(
        context -> {
          stream[0] = STREAM_OFFSET + state.handle();
          return 0;
        });
  }

  @Override
  public int cuStreamDestroy(long stream) {
    return state.inContext(context -> 0);
  }

  @Override
  public int cuStreamSynchronize(long stream) {
    return state.unrecorded(context -> 0);
  }

  // ---- memory ----

  @Override
  public int cuMemAlloc(long[] address, long bytes) {
    return memory.alloc(address, bytes);
  }

  @Override
  public int cuMemFree(long address) {
    return memory.free(address);
  }

  @Override
  public int cuMemGetInfo(long[] free, long[] total) {
    return memory.info(free, total);
  }

  @Override
  public int cuMemHostAlloc(long[] address, long bytes, int flags) {
    return memory.hostAlloc(address, bytes);
  }

  @Override
  public int cuMemFreeHost(long address) {
    return memory.freeHost(address);
  }

  @Override
  public int cuMemcpyHtoDAsync(long device, long host, long bytes, long stream) {
    return memory.copyFromHost(device, host, bytes);
  }

  @Override
  public int cuMemcpyDtoHAsync(long host, long device, long bytes, long stream) {
    return memory.copyToHost(host, device, bytes);
  }

  @Override
  public int cuMemcpyDtoDAsync(long target, long source, long bytes, long stream) {
    return memory.copy(target, source, bytes);
  }

  @Override
  public int cuMemsetD8Async(long address, byte value, long count, long stream) {
    return memory.fill(address, value, count);
  }

  // ---- modules and kernels ----

  @Override
  public int cuModuleLoadDataEx(
      long[] module, byte[] image, int count, int[] options, long[] values) {
    return kernels.load(module, image, count, options, values);
  }

  @Override
  public int cuModuleGetFunction(long[] function, long module, String name) {
    return kernels.function(function, module, name);
  }

  @Override
  public int cuFuncGetAttribute(int[] value, int attribute, long function) {
    return kernels.attribute(value, attribute, function);
  }

  @Override
  public int cuFuncSetAttribute(long function, int attribute, int value) {
    return kernels.setAttribute(function, attribute, value);
  }

  @Override
  public int cuLaunchKernel(
      long function,
      int gridX,
      int gridY,
      int gridZ,
      int blockX,
      int blockY,
      int blockZ,
      int sharedBytes,
      long stream,
      long parameters,
      long extra) {
    return kernels.launch(
        function,
        new Dim3(gridX, gridY, gridZ),
        new Dim3(blockX, blockY, blockZ),
        sharedBytes,
        parameters);
  }

  // ---- errors, graphs ----

  @Override
  public Optional<String> errorName(int result) {
    return CudaResult.of(result).map(known -> "CUDA_ERROR_" + known.name());
  }

  @Override
  public Optional<String> errorText(int result) {
    return state.lastError();
  }

  @Override
  public Optional<CudaGraphCalls> graphCalls() {
    return state.card().recordsGraphs() ? Optional.of(graphCalls) : Optional.empty();
  }
}
