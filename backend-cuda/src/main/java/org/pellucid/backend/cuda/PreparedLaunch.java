package org.pellucid.backend.cuda;

import java.lang.ref.Reference;
import java.util.List;
import java.util.stream.Stream;

/** A kernel with its arguments, to be started many times; from {@link Kernel#prepare}. */
public final class PreparedLaunch {
  private final Kernel kernel;
  private final Dim3 grid;
  private final Dim3 block;
  private final int sharedBytes;
  // Holds what the address points to.
  private final HostMemory memory;
  private final long packed;
  private final List<DeviceBuffer> buffers;

  PreparedLaunch(
      Kernel kernel,
      Dim3 grid,
      Dim3 block,
      int sharedBytes,
      HostMemory memory,
      long packed,
      Object... arguments) {
    this.kernel = kernel;
    this.grid = grid;
    this.block = block;
    this.sharedBytes = sharedBytes;
    this.memory = memory;
    this.packed = packed;
    this.buffers =
        Stream.of(arguments)
            .filter(DeviceBuffer.class::isInstance)
            .map(DeviceBuffer.class::cast)
            .toList();
  }

  /** The kernel. */
  public Kernel kernel() {
    return kernel;
  }

  /**
   * Starts the kernel after what the context was given before; does not wait.
   *
   * @throws IllegalStateException if a buffer among the arguments was closed
   * @throws CudaException if it cannot be started
   */
  public void run() {
    try (CudaContext.Use use = kernel.context().use()) {
      buffers.forEach(DeviceBuffer::address);
      kernel.start(grid, block, sharedBytes, packed);
      Reference.reachabilityFence(memory);
    }
  }

  @Override
  public String toString() {
    return kernel.name()
        + " in "
        + grid
        + " blocks of "
        + block
        + " threads, "
        + memory.bytes().capacity()
        + " bytes of arguments";
  }
}
