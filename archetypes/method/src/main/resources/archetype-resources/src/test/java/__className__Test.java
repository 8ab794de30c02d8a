package ${package};

import org.junit.jupiter.api.Test;
import org.pellucid.api.Explainer;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Options;
import org.pellucid.api.Selection;
import org.pellucid.graph.Shape;
import org.pellucid.testkit.ArrayProbe;
import org.pellucid.testkit.ExplainerContract;
import org.pellucid.testkit.SaliencyAssert;

/** Everything that is asked of any method comes with the contract. */
class ${className}Test extends ExplainerContract {
  @Override
  protected Explainer explainer() {
    return new ${className}();
  }

  /** What you worked out by hand: two feature maps of 2 by 2 cells. */
  @Test
  void aKnownAnswer() {
    double[] activations = {1, 2, 3, 4, 5, 6, 7, 8};
    double[] gradients = {1, 1, 1, 1, 0, -1, 0, -1};
    ModelProbe probe = ArrayProbe.constant(activations, gradients, 1, Shape.of(2, 2, 2));
    SaliencyAssert.assertThat(
            explainer().explain(probe, Selection.of(ArrayProbe.LAYER), Options.DEFAULTS))
        .hasWeights(1e-12, 1, -0.5)
        .hasMap(Shape.of(2, 2), 1e-12, -1.5, -1, -0.5, 0);
  }
}
