package org.pellucid.graph.op;

import java.util.List;
import java.util.Optional;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Recorder;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/**
 * Logarithm of Softmax over one axis.
 *
 * @param axis from 0
 */
public record LogSoftmax(int axis) implements Operation {
  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 1, 1);
    Inputs.floating(this, inputs);
    Inputs.axis(this, axis, inputs.get(0));
    return inputs.get(0);
  }

  @Override
  public Tensor evaluate(List<Tensor> inputs) {
    Tensor x = inputs.get(0);
    double[] elements = x.toDoubleArray();
    int step = x.shape().strides()[axis];
    int length = step * x.shape().dim(axis);
    for (int line : Positions.lines(x.shape(), axis)) {
      double largest = Double.NEGATIVE_INFINITY;
      for (int i = line; i < line + length; i += step) {
        largest = Math.max(largest, elements[i]);
      }
      double sum = 0;
      for (int i = line; i < line + length; i += step) {
        sum += Math.exp(elements[i] - largest);
      }
      double logSum = Math.log(sum);
      for (int i = line; i < line + length; i += step) {
        elements[i] = elements[i] - largest - logSum;
      }
    }
    return Tensor.of(x.shape(), elements);
  }

  @Override
  public Samples samples(List<TensorType> inputs, int[] axes, int count) {
    return axes[0] == axis
        ? Samples.mix("it normalises over axis " + axis + ", which holds the samples")
        : Samples.along(axes[0]);
  }

  @Override
  public Optional<String> gradient(Recorder recorder, Node node, String gradient, int input) {
    // dy_i / dx_j = [i = j] - exp(y_j): g - exp(y) sum(g).
    Terms t = new Terms(recorder);
    String probabilities = t.apply(new Unary.Exp(), node.output());
    String sum = t.sum(gradient, List.of(axis), true);
    return Optional.of(t.sub(gradient, t.mul(probabilities, sum)));
  }
}
