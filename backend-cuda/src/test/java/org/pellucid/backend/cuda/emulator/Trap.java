package org.pellucid.backend.cuda.emulator;

import org.pellucid.backend.cuda.CudaResult;

/** What ends a kernel, a launch or the loading of PTX: a result of the driver, and why. */
final class Trap extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** For what no single thread is to blame. */
  static final int NO_LANE = -1;

  private final CudaResult result;
  private final int lane;

  Trap(CudaResult result, int lane, String message) {
    super(message, null, false, false);
    this.result = result;
    this.lane = lane;
  }

  Trap(CudaResult result, String message) {
    this(result, NO_LANE, message);
  }

  CudaResult result() {
    return result;
  }

  /** The thread within its block, or {@link #NO_LANE}. */
  int lane() {
    return lane;
  }

  /** PTX that is wrong, or that this interpreter does not know. */
  static Trap ptx(String message) {
    return new Trap(CudaResult.INVALID_PTX, message);
  }
}
