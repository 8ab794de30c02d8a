package org.pellucid.graph.op;

import java.util.List;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.TensorType;

/**
 * alpha * A' B' + beta * C with A' = A or its transpose, likewise B'. Inputs: A and B of rank 2,
 * optionally C that broadcasts to the result [rows, columns].
 *
 * @param alpha factor of the product
 * @param beta factor of C
 * @param transposeA whether A is given transposed
 * @param transposeB whether B is given transposed, as [columns, depth]
 */
public record Gemm(double alpha, double beta, boolean transposeA, boolean transposeB)
    implements Unfinished {
  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 2, 3);
    ElementType type = Inputs.floating(this, inputs);
    Shape a = inputs.get(0).shape();
    Shape b = inputs.get(1).shape();
    Inputs.require(a.rank() == 2 && b.rank() == 2, this, "A and B of rank 2", inputs);
    Inputs.require(
        a.dim(transposeA ? 0 : 1) == b.dim(transposeB ? 1 : 0),
        this,
        "A "
            + (transposeA ? "[depth, rows]" : "[rows, depth]")
            + " and B "
            + (transposeB ? "[columns, depth]" : "[depth, columns]")
            + " of one depth",
        inputs);
    Shape output = Shape.of(a.dim(transposeA ? 1 : 0), b.dim(transposeB ? 0 : 1));
    Inputs.require(
        inputs.size() == 2 || Shape.broadcast(inputs.get(2).shape(), output).equals(output),
        this,
        "C that broadcasts to " + output,
        inputs);
    return new TensorType(type, output);
  }
}
