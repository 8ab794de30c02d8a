package org.pellucid.methods;

import org.pellucid.api.Explainer;
import org.pellucid.testkit.ExplainerContract;

class GuidedGradCamTest extends ExplainerContract {
  @Override
  protected Explainer explainer() {
    return new GuidedGradCam();
  }

  /** The ReLU of the class activation map is not linear. */
  @Override
  protected boolean mapsAddUp() {
    return false;
  }
}
