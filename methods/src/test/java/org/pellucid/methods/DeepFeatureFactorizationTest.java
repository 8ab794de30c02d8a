package org.pellucid.methods;

import org.pellucid.api.Explainer;
import org.pellucid.testkit.ExplainerContract;

class DeepFeatureFactorizationTest extends ExplainerContract {
  @Override
  protected Explainer explainer() {
    return new DeepFeatureFactorization();
  }

  /** A part of the feature maps is factorised on its own. */
  @Override
  protected boolean mapsAddUp() {
    return false;
  }
}
