package org.pellucid.backend.cuda;

import java.nio.ByteBuffer;

/** A kernel, loaded into a context; from {@link KernelLibrary#kernel}. */
public final class Kernel {
  /** {@code CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES}. */
  private static final int MOST_DYNAMIC_SHARED = 8;

  private final CudaContext context;
  private final KernelSignature signature;
  private final long function;
  private final Limits limits;
  private int dynamicShared;

  /**
   * What the driver says about a kernel.
   *
   * @param threadsPerBlock most threads of a block, by the registers that it needs
   * @param sharedBytes the shared memory that its source fixes
   */
  record Limits(int threadsPerBlock, int sharedBytes) {}

  Kernel(CudaContext context, KernelSignature signature, long function, Limits limits) {
    this.context = context;
    this.signature = signature;
    this.function = function;
    this.limits = limits;
    this.dynamicShared =
        Math.max(0, context.device().limits().sharedBytesPerBlock() - limits.sharedBytes());
  }

  /** The kernel's name. */
  public String name() {
    return signature.name();
  }

  /**
   * Starts the kernel after what the context was given before; does not wait.
   *
   * @param grid in blocks
   * @param block in threads
   * @param sharedBytes shared memory of a block beside what the source fixes
   * @param arguments one per parameter: a {@link DeviceBuffer} or {@code Long} for a pointer or 64
   *     bits, {@code Integer} for 32 bits, {@code Float}, {@code Double}, and a {@link ByteBuffer}
   *     in the machine's byte order, from its position to its limit, for a structure
   * @throws IllegalArgumentException if the arguments are not as many, one has another width or
   *     kind, or the launch is larger than the card allows
   * @throws CudaException if it cannot be started
   */
  public void launch(Dim3 grid, Dim3 block, int sharedBytes, Object... arguments) {
    requireAllowed(block, sharedBytes);
    try (CudaContext.Use use = context.use()) {
      requireSameContext(arguments);
      long packed = ArgumentPacker.pack(signature, context.arguments(), arguments);
      start(grid, block, sharedBytes, packed);
    }
  }

  private void start(Dim3 grid, Dim3 block, int sharedBytes, long packed) {
    CudaDriver driver = context.driver();
    if (sharedBytes > dynamicShared) {
      context.check(
          driver.cuFuncSetAttribute(function, MOST_DYNAMIC_SHARED, sharedBytes),
          "cuFuncSetAttribute",
          name());
      dynamicShared = sharedBytes;
    }
    long start = System.nanoTime();
    context.checkLaunch(
        driver.cuLaunchKernel(
            function,
            grid.x(),
            grid.y(),
            grid.z(),
            block.x(),
            block.y(),
            block.z(),
            sharedBytes,
            context.stream(),
            packed,
            0),
        name(),
        grid,
        start);
  }

  private void requireAllowed(Dim3 block, int sharedBytes) {
    if (block.count() > limits.threadsPerBlock()) {
      throw new IllegalArgumentException(
          "Kernel "
              + name()
              + " runs with at most "
              + limits.threadsPerBlock()
              + " threads in a block on "
              + context.device().name()
              + ", not "
              + block);
    }
    int most = context.device().limits().sharedBytesOptIn() - limits.sharedBytes();
    if (sharedBytes < 0 || sharedBytes > most) {
      throw new IllegalArgumentException(
          "Kernel "
              + name()
              + " can have from 0 to "
              + most
              + " bytes of dynamic shared memory on "
              + context.device().name()
              + ", not "
              + sharedBytes);
    }
  }

  private void requireSameContext(Object... arguments) {
    for (Object argument : arguments) {
      if (argument instanceof DeviceBuffer buffer && buffer.context() != context) {
        throw new IllegalArgumentException(
            "Kernel " + name() + " was given a buffer of another context");
      }
    }
  }
}
