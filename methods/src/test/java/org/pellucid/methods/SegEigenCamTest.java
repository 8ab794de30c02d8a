package org.pellucid.methods;

import org.pellucid.api.Explainer;
import org.pellucid.testkit.ExplainerContract;

class SegEigenCamTest extends ExplainerContract {
  @Override
  protected Explainer explainer() {
    return new SegEigenCam();
  }

  /** Magnitudes of gradients have no sign. */
  @Override
  protected boolean tellsForFromAgainst() {
    return false;
  }
}
