package org.pellucid.backend.cuda.emulator;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntSupplier;
import java.util.function.ToIntFunction;
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

  private final EmulatedCard card;
  private final GlobalMemory[] memories;
  private final GridRunner[] runners;
  private final Faults faults = new Faults();
  private final Map<Long, EmulatedContext> contexts = new HashMap<>();
  private final Map<Long, EmulatedModule> modules = new HashMap<>();
  private final Map<Long, EmulatedFunction> functions = new HashMap<>();
  private final Map<Long, Memory> pinned = new HashMap<>();
  private final CudaGraphCalls graphCalls = new EmulatedGraphCalls(this);
  private final ThreadLocal<Deque<Long>> current = ThreadLocal.withInitial(ArrayDeque::new);
  private final List<String> launched = new ArrayList<>();
  private long handles = 1000;
  private String lastError = "";
  private boolean started;

  /** Makes a driver. */
  public EmulatedCudaDriver(EmulatedCard card) {
    this.card = card;
    this.memories = new GlobalMemory[card.cards()];
    this.runners = new GridRunner[card.cards()];
    for (int i = 0; i < card.cards(); i++) {
      memories[i] = new GlobalMemory(card.memoryBytes());
      runners[i] = new GridRunner(card, memories[i]);
    }
  }

  /** A driver of one card with 1 GiB. */
  public EmulatedCudaDriver() {
    this(EmulatedCard.hopper());
  }

  /** Failures to come. */
  public Faults faults() {
    return faults;
  }

  /** The kernels that were run, in order, those of graphs too. */
  public synchronized List<String> launched() {
    return List.copyOf(launched);
  }

  /** Forgets {@link #launched}. */
  public synchronized void forgetLaunched() {
    launched.clear();
  }

  /** How many buffers are allocated on all cards. */
  public int openAllocations() {
    return Arrays.stream(memories).mapToInt(GlobalMemory::allocations).sum();
  }

  /** How many buffers are allocated on a card. */
  public int openAllocations(int card) {
    return memories[card].allocations();
  }

  /** How many pieces of page-locked memory and contexts there are. */
  public synchronized int openHandles() {
    return pinned.size() + contexts.size();
  }

  // ---- start, cards ----

  @Override
  public synchronized int cuInit(int flags) {
    if (card.cards() == 0) {
      return CudaResult.NO_DEVICE.code();
    }
    started = true;
    return 0;
  }

  @Override
  public int cuDriverGetVersion(int[] version) {
    version[0] = card.driverVersion();
    return 0;
  }

  @Override
  public int cuDeviceGetCount(int[] count) {
    count[0] = card.cards();
    return started ? 0 : CudaResult.NOT_INITIALIZED.code();
  }

  @Override
  public int cuDeviceGet(int[] device, int ordinal) {
    device[0] = ordinal;
    return ordinal < card.cards() ? 0 : CudaResult.INVALID_DEVICE.code();
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
    bytes[0] = card.memoryBytes();
    return 0;
  }

  @Override
  public int cuDeviceGetAttribute(int[] value, int attribute, int device) {
    OptionalInt known = card.attribute(attribute);
    value[0] = known.orElse(0);
    return known.isPresent() ? 0 : CudaResult.INVALID_VALUE.code();
  }

  /** A number that no other handle has. */
  synchronized long handle() {
    return handles++;
  }

  // ---- contexts and streams ----

  @Override
  public synchronized int cuCtxCreate(long[] context, int flags, int device) {
    if (!started) {
      return CudaResult.NOT_INITIALIZED.code();
    }
    context[0] = handles++;
    contexts.put(context[0], new EmulatedContext(device));
    current.get().push(context[0]);
    return 0;
  }

  @Override
  public synchronized int cuCtxDestroy(long context) {
    EmulatedContext destroyed = contexts.remove(context);
    if (destroyed == null) {
      return CudaResult.INVALID_CONTEXT.code();
    }
    destroyed.allocations().forEach(memories[destroyed.device()]::free);
    destroyed.pinned().forEach(address -> pinned.remove(address).close());
    current.get().remove(context);
    return 0;
  }

  @Override
  public synchronized int cuCtxPushCurrent(long context) {
    if (!contexts.containsKey(context)) {
      return CudaResult.INVALID_CONTEXT.code();
    }
    current.get().push(context);
    return 0;
  }

  @Override
  public int cuCtxPopCurrent(long[] context) {
    if (current.get().isEmpty()) {
      return CudaResult.INVALID_CONTEXT.code();
    }
    context[0] = current.get().pop();
    return 0;
  }

  /** A call that needs a context, and finds out what went wrong before it. */
  synchronized int inContext(ToIntFunction<EmulatedContext> call) {
    Long handle = current.get().peek();
    EmulatedContext context = handle == null ? null : contexts.get(handle);
    if (context == null) {
      return CudaResult.INVALID_CONTEXT.code();
    }
    if (faults.takeLoss()) {
      lastError = "the card has fallen off the bus, as a test asked for";
      contexts.values().forEach(lost -> lost.spoil(CudaResult.UNKNOWN));
    }
    if (context.spoiled().isPresent()) {
      return context.spoiled().get().code();
    }
    return call.applyAsInt(context);
  }

  /** A call that cannot be recorded. */
  int unrecorded(ToIntFunction<EmulatedContext> call) {
    return inContext(
        context -> {
          if (context.records()) {
            context.spoilRecording();
            return CudaResult.STREAM_CAPTURE_UNSUPPORTED.code();
          }
          return call.applyAsInt(context);
        });
  }

  /** Work of the stream: done now, or recorded. */
  int onStream(Runnable work) {
    return inContext(
        context -> {
          if (context.records()) {
            context.record(work);
          } else {
            run(context, work);
          }
          return 0;
        });
  }

  private void run(EmulatedContext context, Runnable work) {
    try {
      work.run();
    } catch (Trap trap) {
      lastError = trap.getMessage();
      context.spoil(trap.result());
    }
  }

  @Override
  public int cuStreamCreate(long[] stream, int flags) {
    return inContext(
        context -> {
          stream[0] = STREAM_OFFSET + handles++;
          return 0;
        });
  }

  @Override
  public int cuStreamDestroy(long stream) {
    return inContext(context -> 0);
  }

  @Override
  public int cuStreamSynchronize(long stream) {
    return unrecorded(context -> 0);
  }

  // ---- memory ----

  @Override
  public int cuMemAlloc(long[] address, long bytes) {
    return unrecorded(
        context -> {
          long allocated =
              faults.allocationFails() ? 0 : memories[context.device()].allocate(bytes);
          if (allocated == 0) {
            return CudaResult.OUT_OF_MEMORY.code();
          }
          address[0] = allocated;
          context.allocations().add(allocated);
          return 0;
        });
  }

  @Override
  public int cuMemFree(long address) {
    return unrecorded(
        context -> {
          context.allocations().remove(address);
          return memories[context.device()].free(address) ? 0 : CudaResult.INVALID_VALUE.code();
        });
  }

  @Override
  public int cuMemGetInfo(long[] free, long[] total) {
    return inContext(
        context -> {
          free[0] = memories[context.device()].free();
          total[0] = memories[context.device()].capacity();
          return 0;
        });
  }

  @Override
  public int cuMemHostAlloc(long[] address, long bytes, int flags) {
    return unrecorded(
        context -> {
          Memory memory = new Memory(bytes);
          address[0] = Pointer.nativeValue(memory);
          pinned.put(address[0], memory);
          context.pinned().add(address[0]);
          return 0;
        });
  }

  @Override
  public int cuMemFreeHost(long address) {
    return unrecorded(
        context -> {
          Memory memory = pinned.remove(address);
          if (memory == null) {
            return CudaResult.INVALID_VALUE.code();
          }
          context.pinned().remove(address);
          memory.close();
          return 0;
        });
  }

  /** A copy's own arguments are wrong, which the call itself tells. */
  private int copying(IntSupplier copy) {
    try {
      return copy.getAsInt();
    } catch (Trap trap) {
      lastError = trap.getMessage();
      return CudaResult.INVALID_VALUE.code();
    }
  }

  private synchronized byte[] range(long address, long bytes, String what) {
    Long handle = current.get().peek();
    EmulatedContext context = handle == null ? null : contexts.get(handle);
    return context == null
        ? new byte[0]
        : memories[context.device()].require(address, bytes, 1, Trap.NO_LANE, what);
  }

  @Override
  public int cuMemcpyHtoDAsync(long device, long host, long bytes, long stream) {
    return copying(
        () -> {
          byte[] target = range(device, bytes, "copy from the host");
          return onStream(
              () -> new Pointer(host).read(0, target, (int) device, Math.toIntExact(bytes)));
        });
  }

  @Override
  public int cuMemcpyDtoHAsync(long host, long device, long bytes, long stream) {
    return copying(
        () -> {
          byte[] source = range(device, bytes, "copy to the host");
          return onStream(
              () -> new Pointer(host).write(0, source, (int) device, Math.toIntExact(bytes)));
        });
  }

  @Override
  public int cuMemcpyDtoDAsync(long target, long source, long bytes, long stream) {
    return copying(
        () -> {
          byte[] to = range(target, bytes, "copy to the card");
          byte[] from = range(source, bytes, "copy from the card");
          return onStream(
              () -> System.arraycopy(from, (int) source, to, (int) target, Math.toIntExact(bytes)));
        });
  }

  @Override
  public int cuMemsetD32Async(long address, int value, long count, long stream) {
    return copying(
        () -> {
          byte[] memory = range(address, 4 * count, "fill");
          return onStream(
              () -> {
                for (int i = 0; i < count; i++) {
                  Bytes.INT.set(memory, (int) address + 4 * i, value);
                }
              });
        });
  }

  @Override
  public int cuMemsetD8Async(long address, byte value, long count, long stream) {
    return copying(
        () -> {
          byte[] memory = range(address, count, "fill");
          return onStream(() -> Arrays.fill(memory, (int) address, (int) (address + count), value));
        });
  }

  // ---- modules and kernels ----

  @Override
  public int cuModuleLoadDataEx(
      long[] module, byte[] image, int count, int[] options, long[] values) {
    return unrecorded(
        context -> {
          try {
            EmulatedModule loaded =
                EmulatedModule.load(
                    image, card, memories[context.device()], runners[context.device()]);
            loaded.variables().values().forEach(context.allocations()::add);
            module[0] = handles++;
            modules.put(module[0], loaded);
            return 0;
          } catch (Trap trap) {
            lastError = trap.getMessage();
            writeLog(trap.getMessage(), count, options, values);
            return trap.result().code();
          }
        });
  }

  private static void writeLog(String message, int count, int[] options, long[] values) {
    long address = 0;
    long capacity = 0;
    for (int i = 0; i < count; i++) {
      if (options[i] == 5) {
        address = values[i];
      } else if (options[i] == 6) {
        capacity = values[i];
      }
    }
    if (address != 0 && capacity > 0) {
      byte[] text = message.getBytes(StandardCharsets.UTF_8);
      int length = (int) Math.min(text.length, capacity - 1);
      Pointer log = new Pointer(address);
      log.write(0, text, 0, length);
      log.setByte(length, (byte) 0);
    }
  }

  @Override
  public int cuModuleGetFunction(long[] function, long module, String name) {
    return inContext(
        context -> {
          EmulatedModule loaded = modules.get(module);
          PtxKernel kernel = loaded == null ? null : loaded.kernels().get(name);
          if (kernel == null) {
            return CudaResult.NOT_FOUND.code();
          }
          function[0] = handles++;
          functions.put(function[0], new EmulatedFunction(loaded, kernel));
          return 0;
        });
  }

  @Override
  public int cuFuncGetAttribute(int[] value, int attribute, long function) {
    return inContext(
        context -> {
          OptionalInt known = functions.get(function).attribute(attribute);
          value[0] = known.orElse(0);
          return known.isPresent() ? 0 : CudaResult.INVALID_VALUE.code();
        });
  }

  @Override
  public int cuFuncSetAttribute(long function, int attribute, int value) {
    return inContext(
        context -> {
          boolean changed = functions.get(function).setAttribute(attribute, value);
          return changed ? 0 : CudaResult.INVALID_VALUE.code();
        });
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
    return inContext(
        context -> {
          EmulatedFunction launch = functions.get(function);
          if (launch == null) {
            return CudaResult.INVALID_VALUE.code();
          }
          Dim3 grid = new Dim3(gridX, gridY, gridZ);
          Dim3 block = new Dim3(blockX, blockY, blockZ);
          CudaResult refusal = launch.refusal(grid, block, sharedBytes);
          if (refusal != CudaResult.SUCCESS) {
            return refusal.code();
          }
          Optional<CudaResult> fault = faults.launchFails();
          if (fault.isPresent()) {
            lastError = "as a test asked for";
            if (!fault.get().poisons()) {
              return fault.get().code();
            }
          }
          byte[] arguments = launch.arguments(parameters);
          return onStream(
              () -> {
                fault.ifPresent(
                    result -> {
                      throw new Trap(result, "as a test asked for");
                    });
                launched.add(launch.kernel().name());
                runners[context.device()].run(
                    launch.kernel(),
                    launch.module().variables(),
                    grid,
                    block,
                    sharedBytes,
                    arguments);
              });
        });
  }

  // ---- errors, graphs ----

  @Override
  public Optional<String> errorName(int result) {
    return CudaResult.of(result).map(known -> "CUDA_ERROR_" + known.name());
  }

  @Override
  public synchronized Optional<String> errorText(int result) {
    return lastError.isEmpty() ? Optional.empty() : Optional.of(lastError);
  }

  @Override
  public Optional<CudaGraphCalls> graphCalls() {
    return card.recordsGraphs() ? Optional.of(graphCalls) : Optional.empty();
  }
}
