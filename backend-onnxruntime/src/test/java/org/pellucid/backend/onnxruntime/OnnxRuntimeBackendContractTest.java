package org.pellucid.backend.onnxruntime;

import org.pellucid.api.GradientBackend;
import org.pellucid.testkit.GradientBackendContract;

class OnnxRuntimeBackendContractTest extends GradientBackendContract {
  @Override
  protected GradientBackend backend() {
    return new OnnxRuntimeBackend();
  }
}
