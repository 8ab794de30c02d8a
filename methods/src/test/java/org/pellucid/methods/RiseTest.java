package org.pellucid.methods;

import org.pellucid.api.Explainer;
import org.pellucid.testkit.ExplainerContract;

class RiseTest extends ExplainerContract {
  @Override
  protected Explainer explainer() {
    return new Rise();
  }

  /** Masks are numbered, and do not turn with the image. */
  @Override
  protected boolean dependsOnPosition() {
    return true;
  }
}
