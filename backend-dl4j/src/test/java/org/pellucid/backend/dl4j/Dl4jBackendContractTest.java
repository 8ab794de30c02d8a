package org.pellucid.backend.dl4j;

import org.pellucid.api.GradientBackend;
import org.pellucid.testkit.GradientBackendContract;

class Dl4jBackendContractTest extends GradientBackendContract {
  @Override
  protected GradientBackend backend() {
    return new Dl4jBackend();
  }
}
