package org.pellucid.graph.op;

import java.util.List;
import java.util.Optional;
import java.util.function.IntBinaryOperator;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Recorder;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/**
 * Index (int64) of the largest element along an axis, the first of equals unless selectLast; what
 * is not a number counts as the largest, as in NumPy. Not differentiable.
 *
 * @param axis from 0
 * @param keepDims whether the axis stays with length 1
 * @param selectLast whether the last of equals is chosen
 */
public record ArgMax(int axis, boolean keepDims, boolean selectLast) implements Operation {
  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 1, 1);
    Inputs.numeric(this, inputs);
    Inputs.axis(this, axis, inputs.get(0));
    Shape shape = inputs.get(0).shape();
    Inputs.require(shape.dim(axis) > 0, this, "an axis that is not empty", inputs.get(0));
    return new TensorType(ElementType.INT64, Reduction.shape(shape, List.of(axis), keepDims));
  }

  @Override
  public Tensor evaluate(List<Tensor> inputs) {
    Tensor x = inputs.get(0);
    int length = x.shape().dim(axis);
    int step = x.shape().strides()[axis];
    IntBinaryOperator order = order(x);
    int[] lines = Positions.lines(x.shape(), axis);
    long[] indices = new long[lines.length];
    for (int l = 0; l < lines.length; l++) {
      int largest = 0;
      for (int i = 1; i < length; i++) {
        int compared = order.applyAsInt(lines[l] + i * step, lines[l] + largest * step);
        if (compared > 0 || (compared == 0 && selectLast)) {
          largest = i;
        }
      }
      indices[l] = largest;
    }
    return Tensor.of(Reduction.shape(x.shape(), List.of(axis), keepDims), indices);
  }

  @Override
  public Samples samples(List<TensorType> inputs, int[] axes, int count) {
    return Reduction.samples(axes[0], List.of(axis), keepDims);
  }

  @Override
  public Optional<String> gradient(Recorder recorder, Node node, String gradient, int input) {
    return Optional.empty();
  }

  /** Compares the elements at two positions; what is not a number is the largest, as in NumPy. */
  private static IntBinaryOperator order(Tensor x) {
    if (x.elementType() == ElementType.INT64) {
      long[] integers = x.toLongArray();
      return (i, j) -> Long.compare(integers[i], integers[j]);
    }
    double[] elements = x.toDoubleArray();
    return (i, j) -> elements[i] == elements[j] ? 0 : Double.compare(elements[i], elements[j]);
  }
}
