package org.pellucid.backend.djl;

import org.pellucid.api.GradientBackend;
import org.pellucid.testkit.GradientBackendContract;

class DjlBackendContractTest extends GradientBackendContract {
  @Override
  protected GradientBackend backend() {
    return new DjlBackend();
  }
}
