package org.pellucid.api;

/**
 * What an explainer asks of a backend and of a model.
 *
 * @since 0.1.0
 */
public enum Need {
  /** A layer that holds feature maps. */
  LAYER,
  /** Gradients of the target at a layer. */
  LAYER_GRADIENTS,
  /** Gradients of the target at the input. */
  INPUT_GRADIENTS,
  /** Scores when a layer's activations are replaced. */
  RESUME,
  /**
   * Averages of gradients over noisy copies of the input: whoever runs several methods, or several
   * layers, then runs the copies once for all of them.
   */
  NOISY_COPIES,
  /** Scores of many inputs. */
  MANY_FORWARDS,
  /** A linear classifier after global pooling. */
  LINEAR_HEAD,
  /** The network as data: its constants, and gradients at tensors that it finds there. */
  NETWORK,
  /** Scores of other classes than the target's. */
  OTHER_SCORES,
  /** Gradients by other rules than the operations' own. */
  GRADIENT_RULES,
  /** Products with the second derivatives of the target at a layer. */
  SECOND_DERIVATIVES,
  /** Attention maps, softmax of products of queries and keys. */
  ATTENTION
}
