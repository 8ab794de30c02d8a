package org.pellucid.api;

import org.pellucid.graph.Shape;

/**
 * A layer of one sample: activations A, and g = dS/dA of the target's scalar S. Whatever the layout
 * in the network, maps come first: {@code [K, h, w]} row-major (or {@code [K, spatial...]}).
 *
 * @param tap the layer
 * @param shape K and the spatial lengths
 * @param activations A, float64, row-major; not to be changed
 * @param gradients g, float64, row-major; not to be changed
 * @param score S
 */
public record LayerCapture(
    Tap tap, Shape shape, double[] activations, double[] gradients, double score) {
  /** The same without the gradients. */
  public LayerActivations withoutGradients() {
    return new LayerActivations(tap, shape, activations, score);
  }

  /** The number of feature maps, K. */
  public int maps() {
    return shape.dim(0);
  }

  /** The number of cells of a feature map, h w. */
  public int cells() {
    return (int) shape.sizeOf(1, shape.rank());
  }
}
