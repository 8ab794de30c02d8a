package org.pellucid.graph.op;

import java.util.List;
import java.util.Optional;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Recorder;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
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
    implements Operation {
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

  @Override
  public Tensor evaluate(List<Tensor> inputs) {
    Shape shape = infer(Inputs.types(inputs)).shape();
    Shape a = inputs.get(0).shape();
    double[] left = inputs.get(0).toDoubleArray();
    double[] right = inputs.get(1).toDoubleArray();
    int depth = a.dim(transposeA ? 0 : 1);
    if (transposeA) {
      left = MatrixProduct.transpose(left, depth, shape.dim(0));
    }
    if (transposeB) {
      right = MatrixProduct.transpose(right, shape.dim(1), depth);
    }
    double[] output = new double[(int) shape.size()];
    MatrixProduct.add(left, 0, right, 0, output, 0, shape.dim(0), depth, shape.dim(1));
    double[] c =
        inputs.size() == 3
            ? Broadcast.to(shape, inputs.get(2)).toDoubleArray()
            : new double[output.length];
    for (int i = 0; i < output.length; i++) {
      output[i] = alpha * output[i] + beta * c[i];
    }
    return Tensor.of(shape, output);
  }

  @Override
  public Samples samples(List<TensorType> inputs, int[] axes, int count) {
    if (axes[0] != Samples.NONE && axes[1] != Samples.NONE) {
      return Samples.mix("it multiplies each sample of one input with each of the other");
    }
    int along = Samples.NONE;
    if (axes[0] != Samples.NONE) {
      along = 0;
    } else if (axes[1] != Samples.NONE) {
      along = 1;
    }
    boolean rows = axes[0] == (transposeA ? 1 : 0);
    boolean columns = axes[1] == (transposeB ? 0 : 1);
    if (along != Samples.NONE && !rows && !columns) {
      return Samples.mix("it sums over the axis that holds the samples");
    }
    if (inputs.size() == 2) {
      return Samples.along(along);
    }
    if (along == Samples.NONE && axes[2] != Samples.NONE) {
      return Samples.mix("its product is the same for all samples and C is not");
    }
    return Broadcast.samples(List.of(infer(inputs), inputs.get(2)), new int[] {along, axes[2]});
  }

  @Override
  public Optional<String> gradient(Recorder recorder, Node node, String gradient, int input) {
    Terms t = new Terms(recorder);
    if (input == 2) {
      return Optional.of(t.scale(t.unbroadcast(gradient, t.shape(node.inputs().get(2))), beta));
    }
    // dA' = alpha g B'^T and dB' = alpha A'^T g; transposed once more where the input is given so.
    String a = node.inputs().get(0);
    String b = node.inputs().get(1);
    if (input == 0) {
      return Optional.of(
          transposeA
              ? recorder.node(new Gemm(alpha, 1, transposeB, true), b, gradient)
              : recorder.node(new Gemm(alpha, 1, false, !transposeB), gradient, b));
    }
    return Optional.of(
        transposeB
            ? recorder.node(new Gemm(alpha, 1, true, transposeA), gradient, a)
            : recorder.node(new Gemm(alpha, 1, !transposeA, false), a, gradient));
  }
}
