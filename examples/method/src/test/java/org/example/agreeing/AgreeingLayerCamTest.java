package org.example.agreeing;

import org.junit.jupiter.api.Test;
import org.pellucid.api.Explainer;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Options;
import org.pellucid.api.Selection;
import org.pellucid.graph.Shape;
import org.pellucid.testkit.ArrayProbe;
import org.pellucid.testkit.ExplainerContract;
import org.pellucid.testkit.SaliencyAssert;

class AgreeingLayerCamTest extends ExplainerContract {
  @Override
  protected Explainer explainer() {
    return new AgreeingLayerCam();
  }

  /** The first feature map has the mean gradient 0.5, the second -0.5. */
  @Test
  void aFeatureMapThatSpeaksAgainstTheClassHasNoSay() {
    double[] activations = {1, 2, 3, 4, 5, 6, 7, 8};
    double[] gradients = {1, -1, 2, 0, 1, -3, 0, 0};
    ModelProbe probe = ArrayProbe.constant(activations, gradients, 1, Shape.of(2, 2, 2));
    SaliencyAssert.assertThat(
            explainer().explain(probe, Selection.of(ArrayProbe.LAYER), Options.DEFAULTS))
        .hasMap(Shape.of(2, 2), 1e-12, 1, 0, 6, 0)
        .hasWeights(1e-12, 0.75, 0);
  }
}
