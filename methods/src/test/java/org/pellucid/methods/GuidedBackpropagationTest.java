package org.pellucid.methods;

import org.pellucid.api.Explainer;
import org.pellucid.api.Options;
import org.pellucid.testkit.ExplainerContract;

class GuidedBackpropagationTest extends ExplainerContract {
  private static final GuidedBackpropagation METHOD = new GuidedBackpropagation();

  @Override
  protected Explainer explainer() {
    return METHOD;
  }

  /** Sums over channels, which alone add up over a partition of them. */
  @Override
  protected Options options() {
    return Options.DEFAULTS.with(METHOD.channels(), ChannelReduction.SUM);
  }
}
