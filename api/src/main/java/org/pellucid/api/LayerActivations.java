package org.pellucid.api;

import org.pellucid.graph.Shape;

/**
 * A layer of one sample, without gradients: its activations A. Whatever the layout in the network,
 * maps come first: {@code [K, h, w]} row-major (or {@code [K, spatial...]}).
 *
 * @param tap the layer
 * @param shape K and the spatial lengths
 * @param activations A, float64, row-major; not to be changed
 * @param score S, the target's scalar
 * @since 0.1.0
 */
public record LayerActivations(Tap tap, Shape shape, double[] activations, double score) {
  /** The number of feature maps, K. */
  public int maps() {
    return shape.dim(0);
  }

  /** The number of cells of a feature map, h w. */
  public int cells() {
    return (int) shape.sizeOf(1, shape.rank());
  }
}
