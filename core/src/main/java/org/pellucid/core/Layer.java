package org.pellucid.core;

import org.pellucid.api.Tap;
import org.pellucid.graph.Shape;

/**
 * A place of a network that can be explained: a tensor that holds feature maps.
 *
 * @param position its number in the list of layers, from 0; -1 for the input itself
 * @param tap the tensor
 * @param node the name of the node that makes it; empty for the input itself
 * @param operation what makes it, as the original model called it: {@code Conv}, {@code HardSwish};
 *     {@code Input} for the input itself
 * @param shape feature maps and cells of one sample: {@code [K, h, w]}
 * @param stage where it stands with respect to the nonlinearity
 * @param isDefault whether it is taken when no layer is named
 */
public record Layer(
    int position,
    Tap tap,
    String node,
    String operation,
    Shape shape,
    Stage stage,
    boolean isDefault) {
  /** Where a layer stands with respect to the nonlinearity. */
  public enum Stage {
    /** The output of an activation function, or a concatenation of such. */
    AFTER_ACTIVATION,
    /**
     * What an activation function is applied to, possibly through a normalisation or an addition.
     */
    BEFORE_ACTIVATION,
    /** Neither, as the output of a linear block. */
    LINEAR
  }

  /**
   * The input of a model, whose feature maps are its channels.
   *
   * @param shape channels and pixels of one sample: {@code [C, h, w]}
   */
  static Layer ofInput(String name, Shape shape) {
    return new Layer(-1, new Tap(name), "", "Input", shape, Stage.LINEAR, false);
  }
}
