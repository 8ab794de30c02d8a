package org.pellucid.backend.cuda;

import org.pellucid.backend.cuda.emulator.EmulatedCard;
import org.pellucid.backend.cuda.emulator.EmulatedCudaDriver;

/** What tests run on: a graphics card where there is one, and otherwise the emulated one. */
public final class Cards {
  private Cards() {}

  /** The card of this machine, or the emulated one. */
  public static CudaBackend best() {
    CudaBackend real = new CudaBackend();
    return real.availability().available() ? real : emulated(EmulatedCard.hopper());
  }

  /** An emulated card. */
  public static CudaBackend emulated(EmulatedCard card) {
    EmulatedCudaDriver driver = new EmulatedCudaDriver(card);
    return new CudaBackend(() -> CudaRuntime.start(driver));
  }
}
