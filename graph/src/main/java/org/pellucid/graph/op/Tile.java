package org.pellucid.graph.op;

import java.util.List;
import org.pellucid.graph.Shape;
import org.pellucid.graph.TensorType;

/**
 * The input repeated along each axis.
 *
 * @param repeats count per axis, at least 1
 */
public record Tile(List<Integer> repeats) implements Unfinished {
  /** Copies the lists. */
  public Tile {
    repeats = List.copyOf(repeats);
  }

  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 1, 1);
    TensorType x = inputs.get(0);
    int[] dims = x.shape().dims();
    Inputs.perAxis(this, "repeats", repeats, dims.length);
    for (int a = 0; a < dims.length; a++) {
      Inputs.require(repeats.get(a) >= 1, this, "repeats of at least 1", repeats);
      dims[a] = Math.multiplyExact(dims[a], repeats.get(a));
    }
    return x.withShape(Shape.of(dims));
  }
}
