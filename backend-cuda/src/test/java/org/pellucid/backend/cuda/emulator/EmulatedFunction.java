package org.pellucid.backend.cuda.emulator;

import com.sun.jna.Pointer;
import java.util.OptionalInt;
import org.pellucid.backend.cuda.CudaResult;
import org.pellucid.backend.cuda.Dim3;

/** A kernel that was asked for by name, and how much shared memory it may have. */
final class EmulatedFunction {
  private final EmulatedModule module;
  private final PtxKernel kernel;
  private int mostDynamicBytes;

  EmulatedFunction(EmulatedModule module, PtxKernel kernel) {
    this.module = module;
    this.kernel = kernel;
    this.mostDynamicBytes = EmulatedCard.SHARED_BYTES - fixedBytes();
  }

  EmulatedModule module() {
    return module;
  }

  PtxKernel kernel() {
    return kernel;
  }

  private int fixedBytes() {
    return SharedMemory.staticBytes(kernel.shared());
  }

  /** {@code CUfunction_attribute}s: most threads of a block, and bytes of fixed shared memory. */
  OptionalInt attribute(int attribute) {
    return switch (attribute) {
      case 0 -> OptionalInt.of(Math.min(EmulatedCard.THREADS_PER_BLOCK, kernel.mostThreads()));
      case 1 -> OptionalInt.of(fixedBytes());
      default -> OptionalInt.empty();
    };
  }

  /** Whether the attribute could be set: only the most bytes of dynamic shared memory. */
  boolean setAttribute(int attribute, int value) {
    if (attribute != 8 || value < 0 || value > EmulatedCard.SHARED_BYTES_OPT_IN - fixedBytes()) {
      return false;
    }
    mostDynamicBytes = value;
    return true;
  }

  /** What the driver answers to a launch before it starts. */
  CudaResult refusal(Dim3 grid, Dim3 block, int dynamicBytes) {
    if (grid.y() > 65535
        || grid.z() > 65535
        || block.z() > 64
        || block.count() > EmulatedCard.THREADS_PER_BLOCK
        || dynamicBytes > mostDynamicBytes) {
      return CudaResult.INVALID_VALUE;
    }
    return block.count() > kernel.mostThreads()
        ? CudaResult.LAUNCH_OUT_OF_RESOURCES
        : CudaResult.SUCCESS;
  }

  /**
   * The bytes of the parameters, one after the other.
   *
   * @param parameters the address of the array of their addresses
   */
  byte[] arguments(long parameters) {
    byte[] bytes = new byte[kernel.parameterBytes()];
    int offset = 0;
    for (int i = 0; i < kernel.parameters().size(); i++) {
      PtxModule.Variable parameter = kernel.parameters().get(i);
      int alignment = parameter.alignment();
      offset = (offset + alignment - 1) / alignment * alignment;
      new Pointer(parameters).getPointer(8L * i).read(0, bytes, offset, parameter.bytes());
      offset += parameter.bytes();
    }
    return bytes;
  }
}
