package org.pellucid.graph.op;

import java.util.List;
import org.pellucid.graph.Shape;
import org.pellucid.graph.TensorType;

/**
 * Elements added (never removed) before and after along each axis.
 *
 * @param before count per axis, at least 0
 * @param after count per axis, at least 0
 * @param mode what the added elements are
 * @param value the element of mode CONSTANT
 */
public record Pad(List<Integer> before, List<Integer> after, Mode mode, double value)
    implements Unfinished {
  /** Copies the lists. */
  public Pad {
    before = List.copyOf(before);
    after = List.copyOf(after);
  }

  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 1, 1);
    TensorType x = inputs.get(0);
    int[] dims = x.shape().dims();
    Inputs.perAxis(this, "counts before", before, dims.length);
    Inputs.perAxis(this, "counts after", after, dims.length);
    for (int a = 0; a < dims.length; a++) {
      int most = Math.max(before.get(a), after.get(a));
      Inputs.require(
          before.get(a) >= 0 && after.get(a) >= 0,
          this,
          "counts of at least 0",
          before + " and " + after);
      Inputs.require(
          switch (mode) {
            case CONSTANT -> true;
            case EDGE -> most == 0 || dims[a] > 0;
            case REFLECT -> most == 0 || most < dims[a];
          },
          this,
          "enough elements on axis " + a + " to pad it in mode " + mode,
          x + " with " + before + " before and " + after + " after");
      dims[a] = Math.addExact(dims[a], before.get(a) + after.get(a));
    }
    return x.withShape(Shape.of(dims));
  }

  /** What padding is filled with. */
  public enum Mode {
    /** A fixed value. */
    CONSTANT,
    /** Mirrored without the edge itself. */
    REFLECT,
    /** The edge repeated. */
    EDGE
  }
}
