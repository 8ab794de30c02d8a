package org.pellucid.methods;

import org.pellucid.api.Explainer;
import org.pellucid.testkit.ExplainerContract;

class KpcaCamTest extends ExplainerContract {
  @Override
  protected Explainer explainer() {
    return new KpcaCam();
  }

  /** A kernel is not linear. */
  @Override
  protected boolean mapsAddUp() {
    return false;
  }
}
