package org.pellucid.bench.gpu;

import org.pellucid.api.GradientBackend;
import org.pellucid.core.Registry;
import org.pellucid.testkit.GradientBackendContract;

/** The contract of backends, on the first device of the one that the check is about. */
class CardContract extends GradientBackendContract {
  /** The system property with the backend's id. */
  static final String BACKEND = "pellucid.gpu-check.backend";

  private static final GradientBackend CHECKED =
      Registry.ofClassPath().backend(System.getProperty(BACKEND));

  @Override
  protected GradientBackend backend() {
    return CHECKED;
  }
}
