package org.pellucid.backend.cuda.emulator;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntSupplier;
import org.pellucid.backend.cuda.CudaResult;

/** Allocating, copying and filling: the driver's calls of the same names. */
final class EmulatedMemoryCalls {
  private final EmulatedState state;
  private final Map<Long, Memory> pinned = new HashMap<>();

  EmulatedMemoryCalls(EmulatedState state) {
    this.state = state;
  }

  int openPinned() {
    synchronized (state) {
      return pinned.size();
    }
  }

  /** Frees all that a context has. */
  void free(EmulatedContext context) {
    context.allocations().forEach(state.memory(context)::free);
    context.pinned().forEach(address -> pinned.remove(address).close());
  }

  int alloc(long[] address, long bytes) {
    return state.unrecorded(
        context -> {
          long allocated =
              state.faults().allocationFails() ? 0 : state.memory(context).allocate(bytes);
          if (allocated == 0) {
            return CudaResult.OUT_OF_MEMORY.code();
          }
          address[0] = allocated;
          context.allocations().add(allocated);
          return 0;
        });
  }

  int free(long address) {
    return state.unrecorded(
        context -> {
          context.allocations().remove(address);
          return state.memory(context).free(address) ? 0 : CudaResult.INVALID_VALUE.code();
        });
  }

  int info(long[] free, long[] total) {
    return state.inContext(
        context -> {
          free[0] = state.memory(context).free();
          total[0] = state.memory(context).capacity();
          return 0;
        });
  }

  int hostAlloc(long[] address, long bytes) {
    return state.unrecorded(
        context -> {
          Memory memory = new Memory(bytes);
          address[0] = Pointer.nativeValue(memory);
          pinned.put(address[0], memory);
          context.pinned().add(address[0]);
          return 0;
        });
  }

  int freeHost(long address) {
    return state.unrecorded(
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

  int copyFromHost(long device, long host, long bytes) {
    return copying(
        () -> {
          byte[] target = range(device, bytes, "copy from the host");
          return state.onStream(
              () -> new Pointer(host).read(0, target, (int) device, Math.toIntExact(bytes)));
        });
  }

  int copyToHost(long host, long device, long bytes) {
    return copying(
        () -> {
          byte[] source = range(device, bytes, "copy to the host");
          return state.onStream(
              () -> new Pointer(host).write(0, source, (int) device, Math.toIntExact(bytes)));
        });
  }

  int copy(long target, long source, long bytes) {
    return copying(
        () -> {
          byte[] to = range(target, bytes, "copy to the card");
          byte[] from = range(source, bytes, "copy from the card");
          return state.onStream(
              () -> System.arraycopy(from, (int) source, to, (int) target, Math.toIntExact(bytes)));
        });
  }

  int fill(long address, byte value, long count) {
    return copying(
        () -> {
          byte[] memory = range(address, count, "fill");
          return state.onStream(
              () -> Arrays.fill(memory, (int) address, (int) (address + count), value));
        });
  }

  /** A copy's own arguments are wrong, which the call itself tells. */
  private int copying(IntSupplier copy) {
    try {
      return copy.getAsInt();
    } catch (Trap trap) {
      state.error(trap.getMessage());
      return CudaResult.INVALID_VALUE.code();
    }
  }

  private byte[] range(long address, long bytes, String what) {
    return state
        .current()
        .map(context -> state.memory(context).require(address, bytes, 1, Trap.NO_LANE, what))
        .orElseGet(() -> new byte[0]);
  }
}
