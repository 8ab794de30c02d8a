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
 * exp(x - max) / sum over one axis (opset 13 rule; older forms are flattened before).
 *
 * @param axis from 0
 */
public record Softmax(int axis) implements Operation {
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
        elements[i] = Math.exp(elements[i] - largest);
        sum += elements[i];
      }
      for (int i = line; i < line + length; i += step) {
        elements[i] /= sum;
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
    // dy_i / dx_j = y_i ([i = j] - y_j): y (g - sum(g y)).
    Terms t = new Terms(recorder);
    String y = node.output();
    String sum = t.sum(t.mul(gradient, y), List.of(axis), true);
    return Optional.of(t.mul(y, t.sub(gradient, sum)));
  }
}
