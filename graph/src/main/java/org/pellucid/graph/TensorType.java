package org.pellucid.graph;

import java.util.Objects;

/** What is known of a tensor before it is computed: its element type and its shape. */
public record TensorType(ElementType elementType, Shape shape) {
  /** Both parts are required. */
  public TensorType {
    Objects.requireNonNull(elementType, "elementType");
    Objects.requireNonNull(shape, "shape");
  }

  /** The same elements in another shape. */
  public TensorType withShape(Shape other) {
    return new TensorType(elementType, other);
  }

  /** Whether an int can count the elements, lengths of 0 being taken for 1. */
  public boolean isIndexable() {
    long size = 1;
    for (int dim : shape.dims()) {
      size *= Math.max(1, dim);
      if (size > Integer.MAX_VALUE) {
        return false;
      }
    }
    return true;
  }

  /** As {@code float32[1, 3, 224, 224]}. */
  @Override
  public String toString() {
    return elementType.name().toLowerCase(java.util.Locale.ROOT) + shape;
  }
}
