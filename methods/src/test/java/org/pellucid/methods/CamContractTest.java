package org.pellucid.methods;

import org.pellucid.api.Explainer;
import org.pellucid.testkit.ExplainerContract;

class CamContractTest extends ExplainerContract {
  @Override
  protected Explainer explainer() {
    return new Cam();
  }
}
