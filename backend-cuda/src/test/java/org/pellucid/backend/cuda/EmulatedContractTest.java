package org.pellucid.backend.cuda;

import org.pellucid.api.GradientBackend;
import org.pellucid.backend.cuda.emulator.EmulatedCudaDriver;
import org.pellucid.testkit.GradientBackendContract;

/** The contract, on the emulator: what ships, interpreted. */
class EmulatedContractTest extends GradientBackendContract {
  private static final GradientBackend BACKEND =
      new CudaBackend(() -> CudaRuntime.start(new EmulatedCudaDriver()));

  @Override
  protected GradientBackend backend() {
    return BACKEND;
  }
}
