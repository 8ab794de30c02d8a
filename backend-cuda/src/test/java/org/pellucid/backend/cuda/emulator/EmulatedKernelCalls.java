package org.pellucid.backend.cuda.emulator;

import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.pellucid.backend.cuda.CudaResult;
import org.pellucid.backend.cuda.Dim3;

/** Loading modules, and launching kernels. */
final class EmulatedKernelCalls {
  /** {@code CU_JIT_ERROR_LOG_BUFFER} and its size. */
  private static final int ERROR_LOG = 5;

  private static final int ERROR_LOG_BYTES = 6;

  private final EmulatedState state;
  private final Map<Long, EmulatedModule> modules = new HashMap<>();
  private final Map<Long, EmulatedFunction> functions = new HashMap<>();
  private final List<String> launched = new ArrayList<>();

  EmulatedKernelCalls(EmulatedState state) {
    this.state = state;
  }

  List<String> launched() {
    synchronized (state) {
      return List.copyOf(launched);
    }
  }

  void forgetLaunched() {
    synchronized (state) {
      launched.clear();
    }
  }

  int load(long[] module, byte[] image, int count, int[] options, long[] values) {
    return state.unrecorded(
        context -> {
          try {
            EmulatedModule loaded =
                EmulatedModule.load(
                    image, state.card(), state.memory(context), state.runner(context));
            loaded.variables().values().forEach(context.allocations()::add);
            module[0] = state.handle();
            modules.put(module[0], loaded);
            return 0;
          } catch (Trap trap) {
            state.error(trap.getMessage());
            writeLog(trap.getMessage(), count, options, values);
            return trap.result().code();
          }
        });
  }

  private static void writeLog(String message, int count, int[] options, long[] values) {
    long address = 0;
    long capacity = 0;
    for (int i = 0; i < count; i++) {
      if (options[i] == ERROR_LOG) {
        address = values[i];
      } else if (options[i] == ERROR_LOG_BYTES) {
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

  int function(long[] function, long module, String name) {
    return state.inContext(
        context -> {
          EmulatedModule loaded = modules.get(module);
          PtxKernel kernel = loaded == null ? null : loaded.kernels().get(name);
          if (kernel == null) {
            return CudaResult.NOT_FOUND.code();
          }
          function[0] = state.handle();
          functions.put(function[0], new EmulatedFunction(loaded, kernel));
          return 0;
        });
  }

  int attribute(int[] value, int attribute, long function) {
    return state.inContext(
        context -> {
          OptionalInt known = functions.get(function).attribute(attribute);
          value[0] = known.orElse(0);
          return known.isPresent() ? 0 : CudaResult.INVALID_VALUE.code();
        });
  }

  int setAttribute(long function, int attribute, int value) {
    return state.inContext(
        context -> {
          boolean changed = functions.get(function).setAttribute(attribute, value);
          return changed ? 0 : CudaResult.INVALID_VALUE.code();
        });
  }

  int launch(long function, Dim3 grid, Dim3 block, int sharedBytes, long parameters) {
    return state.inContext(
        context -> {
          EmulatedFunction launch = functions.get(function);
          if (launch == null) {
            return CudaResult.INVALID_VALUE.code();
          }
          CudaResult refusal = launch.refusal(grid, block, sharedBytes);
          if (refusal != CudaResult.SUCCESS) {
            return refusal.code();
          }
          Optional<CudaResult> fault = state.faults().launchFails();
          if (fault.isPresent()) {
            state.error("as a test asked for");
            if (!fault.get().poisons()) {
              return fault.get().code();
            }
          }
          byte[] arguments = launch.arguments(parameters);
          return state.onStream(
              () -> {
                fault.ifPresent(
                    result -> {
                      throw new Trap(result, "as a test asked for");
                    });
                launched.add(launch.kernel().name());
                state
                    .runner(context)
                    .run(
                        launch.kernel(),
                        launch.module().variables(),
                        grid,
                        block,
                        sharedBytes,
                        arguments);
              });
        });
  }
}
