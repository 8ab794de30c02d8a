package org.pellucid.graph.gradient;

import java.util.Optional;
import org.pellucid.graph.Node;
import org.pellucid.graph.Recorder;
import org.pellucid.graph.op.Terms;
import org.pellucid.graph.op.Unary;

/**
 * Which rule differentiates a node: the operations' own, or others for methods that change them.
 * Implementations are free of state and can be compared by identity.
 */
@FunctionalInterface
public interface GradientRules {
  /** The mathematical gradient: each operation's own rule. */
  GradientRules STANDARD =
      (recorder, node, gradient, input) ->
          node.operation().gradient(recorder, node, gradient, input);

  /**
   * Guided backpropagation: at a ReLU only what is positive both ways passes, {@code g [y > 0] [g >
   * 0]}; all other operations as they are (J. T. Springenberg et al.: "Striving for simplicity: the
   * all convolutional net", ICLR 2015 workshop, arXiv 1412.6806, section 3.4).
   */
  GradientRules GUIDED_BACKPROPAGATION =
      (recorder, node, gradient, input) -> {
        if (!(node.operation() instanceof Unary.Relu)) {
          return STANDARD.gradient(recorder, node, gradient, input);
        }
        Terms t = new Terms(recorder);
        return STANDARD.gradient(recorder, node, t.relu(gradient), input);
      };

  /**
   * Takes down the vector-Jacobian product of a node; see {@link
   * org.pellucid.graph.Operation#gradient}.
   */
  Optional<String> gradient(Recorder recorder, Node node, String gradient, int input);
}
