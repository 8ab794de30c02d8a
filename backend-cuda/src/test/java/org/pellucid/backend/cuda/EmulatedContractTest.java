package org.pellucid.backend.cuda;

import org.pellucid.api.GradientBackend;
import org.pellucid.backend.cuda.emulator.EmulatedCard;
import org.pellucid.testkit.GradientBackendContract;

/** The contract on the emulated card: the kernels that ship, interpreted, with all its checks. */
class EmulatedContractTest extends GradientBackendContract {
  private static final GradientBackend BACKEND =
      Cards.emulated(EmulatedCard.hopper().withRaceCheck());

  @Override
  protected GradientBackend backend() {
    return BACKEND;
  }
}
