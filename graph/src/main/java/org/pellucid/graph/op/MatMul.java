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
 * Matrix product with NumPy's rules: batch axes broadcast, operands of rank 1 are vectors. Inputs:
 * A, B.
 */
public record MatMul() implements Operation {
  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 2, 2);
    ElementType type = Inputs.floating(this, inputs);
    return new TensorType(type, new MatrixProduct(inputs).output());
  }

  @Override
  public Tensor evaluate(List<Tensor> inputs) {
    return new MatrixProduct(Inputs.types(inputs)).evaluate(inputs);
  }

  @Override
  public Samples samples(List<TensorType> inputs, int[] axes, int count) {
    return new MatrixProduct(inputs).samples(axes);
  }

  @Override
  public Optional<String> gradient(Recorder recorder, Node node, String gradient, int input) {
    // dA = g B^T and dB = A^T g, added up over the batch axes that were broadcast.
    Terms t = new Terms(recorder);
    String a = node.inputs().get(0);
    String b = node.inputs().get(1);
    Shape left = t.shape(a);
    Shape right = t.shape(b);
    if (left.rank() == 2 && right.rank() == 2) {
      // Gemm reads the transpose where it stands.
      return Optional.of(
          input == 0
              ? t.node(new Gemm(1, 1, false, true), gradient, b)
              : t.node(new Gemm(1, 1, true, false), a, gradient));
    }
    MatrixProduct product = new MatrixProduct(List.of(recorder.type(a), recorder.type(b)));
    String matrices = t.reshape(gradient, product.matrices());
    String operand =
        input == 0
            ? t.node(this, matrices, t.transposed(t.reshape(b, product.right())))
            : t.node(this, t.transposed(t.reshape(a, product.left())), matrices);
    String summed = t.unbroadcast(operand, input == 0 ? product.left() : product.right());
    return Optional.of(t.reshape(summed, input == 0 ? left : right));
  }
}
