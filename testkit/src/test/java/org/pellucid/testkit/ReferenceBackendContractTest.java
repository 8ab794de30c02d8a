package org.pellucid.testkit;

import org.pellucid.api.GradientBackend;
import org.pellucid.api.reference.ReferenceBackend;

/** The reference, and with it what every {@link org.pellucid.api.engine.GraphBackend} inherits. */
class ReferenceBackendContractTest extends GradientBackendContract {
  @Override
  protected GradientBackend backend() {
    return new ReferenceBackend();
  }
}
