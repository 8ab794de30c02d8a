package org.pellucid.backend.cuda;

import org.junit.jupiter.api.extension.ExtendWith;
import org.pellucid.api.GradientBackend;
import org.pellucid.testkit.GradientBackendContract;

/** The contract on a graphics card, where there is one. */
@ExtendWith(NeedsACard.class)
class CudaContractTest extends GradientBackendContract {
  private static final GradientBackend BACKEND = new CudaBackend();

  @Override
  protected GradientBackend backend() {
    return BACKEND;
  }
}
