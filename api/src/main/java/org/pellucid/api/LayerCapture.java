package org.pellucid.api;

import org.pellucid.graph.Shape;

/**
 * A layer of one sample: activations A, and g = dS/dA of the target's scalar S. Whatever the layout
 * in the network, maps come first: {@code [K, h, w]} row-major (or {@code [K, spatial...]}).
 *
 * @since 0.1.0
 */
public final class LayerCapture {
  private final Tap tap;
  private final Shape shape;
  private final ArrayAlgebra.Field activations;
  private final ArrayAlgebra.Field gradients;
  private final double score;

  /**
   * A layer of one sample.
   *
   * @param tap the layer
   * @param shape K and the spatial lengths
   * @param activations A, row-major; not to be changed
   * @param gradients g, row-major; not to be changed
   * @param score S
   */
  public LayerCapture(
      Tap tap, Shape shape, double[] activations, double[] gradients, double score) {
    this(tap, shape, field(shape, activations), field(shape, gradients), score);
  }

  LayerCapture(
      Tap tap,
      Shape shape,
      ArrayAlgebra.Field activations,
      ArrayAlgebra.Field gradients,
      double score) {
    this.tap = tap;
    this.shape = shape;
    this.activations = activations;
    this.gradients = gradients;
    this.score = score;
  }

  private static ArrayAlgebra.Field field(Shape shape, double[] values) {
    return new ArrayAlgebra.Field(shape.dim(0), values.length / shape.dim(0), values);
  }

  /** The layer. */
  public Tap tap() {
    return tap;
  }

  /** K and the spatial lengths. */
  public Shape shape() {
    return shape;
  }

  /** A, row-major; not to be changed. */
  public double[] activations() {
    return activations.values();
  }

  /** g, row-major; not to be changed. */
  public double[] gradients() {
    return gradients.values();
  }

  /** A, to compute with. */
  public ArrayAlgebra.Field activationField() {
    return activations;
  }

  /** g, to compute with. */
  public ArrayAlgebra.Field gradientField() {
    return gradients;
  }

  /** S. */
  public double score() {
    return score;
  }

  /** The same without the gradients. */
  public LayerActivations withoutGradients() {
    return new LayerActivations(tap, shape, activations(), score);
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
