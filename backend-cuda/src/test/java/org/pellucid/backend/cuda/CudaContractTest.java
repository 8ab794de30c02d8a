package org.pellucid.backend.cuda;

import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.BeforeAll;
import org.pellucid.api.Availability;
import org.pellucid.api.GradientBackend;
import org.pellucid.testkit.GradientBackendContract;

/** The contract on a graphics card, where there is one. */
class CudaContractTest extends GradientBackendContract {
  private static final GradientBackend BACKEND = new CudaBackend();

  @BeforeAll
  static void needsACard() {
    Availability availability = BACKEND.availability();
    assumeThat(availability.available()).as(availability.detail()).isTrue();
  }

  @Override
  protected GradientBackend backend() {
    return BACKEND;
  }
}
