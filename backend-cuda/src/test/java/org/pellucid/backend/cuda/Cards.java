package org.pellucid.backend.cuda;

import org.pellucid.backend.cuda.emulator.EmulatedCard;
import org.pellucid.backend.cuda.emulator.EmulatedCudaDriver;

/** What tests run on: a graphics card where there is one, and otherwise the emulated one. */
public final class Cards {
  private Cards() {}

  /** The card of this machine, or the emulated one. */
  public static CudaBackend best() {
    return bestOr(new EmulatedCudaDriver());
  }

  /** The card of this machine, or that of an emulated driver. */
  static CudaBackend bestOr(EmulatedCudaDriver driver) {
    return isReal() ? new CudaBackend() : new CudaBackend(() -> CudaRuntime.start(driver));
  }

  /** Whether this machine has a card. */
  static boolean isReal() {
    return new CudaBackend().availability().available();
  }

  /** An emulated card. */
  public static CudaBackend emulated(EmulatedCard card) {
    EmulatedCudaDriver driver = new EmulatedCudaDriver(card);
    return new CudaBackend(() -> CudaRuntime.start(driver));
  }
}
