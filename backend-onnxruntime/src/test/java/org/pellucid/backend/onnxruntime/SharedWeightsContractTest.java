package org.pellucid.backend.onnxruntime;

import org.pellucid.api.GradientBackend;
import org.pellucid.testkit.GradientBackendContract;

/** The contract where even the smallest convolutions share their weights. */
class SharedWeightsContractTest extends GradientBackendContract {
  @Override
  protected GradientBackend backend() {
    return new OnnxRuntimeBackend(SharedWeightsTest.always(null));
  }
}
