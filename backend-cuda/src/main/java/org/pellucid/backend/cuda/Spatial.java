package org.pellucid.backend.cuda;

import java.util.List;
import org.pellucid.graph.Shape;

/** Numbers of three spatial axes; where a tensor has fewer, the first ones are missing. */
record Spatial(int z, int y, int x) {
  /** One each. */
  static final Spatial ONES = new Spatial(1, 1, 1);

  /** The lengths of the spatial axes of [N, C, spatial...]. */
  static Spatial of(Shape shape) {
    int rank = shape.rank();
    return new Spatial(rank > 4 ? shape.dim(-3) : 1, rank > 3 ? shape.dim(-2) : 1, shape.dim(-1));
  }

  /** An attribute per axis. */
  static Spatial of(List<Integer> attribute, int missing) {
    int count = attribute.size();
    return new Spatial(
        count > 2 ? attribute.get(count - 3) : missing,
        count > 1 ? attribute.get(count - 2) : missing,
        attribute.get(count - 1));
  }

  /** The product. */
  int size() {
    return z * y * x;
  }

  /** The indices of a row-major position. */
  Spatial index(int position) {
    return new Spatial(position / (y * x), position / x % y, position % x);
  }

  /** As a field of a structure of the kernels. */
  int[] array() {
    return new int[] {z, y, x};
  }
}
