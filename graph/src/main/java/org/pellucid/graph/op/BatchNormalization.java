package org.pellucid.graph.op;

import java.util.List;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/**
 * Inference-mode batch normalisation: (x - mean) / sqrt(variance + epsilon) * scale + bias, per
 * channel (axis 1). Inputs: x [N, C, ...], scale, bias, mean, variance, each [C].
 *
 * @param epsilon added to the variance
 */
public record BatchNormalization(double epsilon) implements Operation {
  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 5, 5);
    Inputs.floating(this, inputs);
    TensorType x = inputs.get(0);
    Inputs.require(x.shape().rank() >= 2, this, "x of shape [N, C, ...]", x);
    for (TensorType perChannel : inputs.subList(1, 5)) {
      Inputs.require(
          perChannel.shape().equals(Shape.of(x.shape().dim(1))),
          this,
          "scale, bias, mean and variance of shape [" + x.shape().dim(1) + "]",
          perChannel);
    }
    return x;
  }

  @Override
  public Tensor evaluate(List<Tensor> inputs) {
    Tensor x = inputs.get(0);
    double[] elements = x.toDoubleArray();
    double[] scale = inputs.get(1).toDoubleArray();
    double[] bias = inputs.get(2).toDoubleArray();
    double[] mean = inputs.get(3).toDoubleArray();
    double[] variance = inputs.get(4).toDoubleArray();
    int plane = (int) x.shape().sizeOf(2, x.shape().rank());
    for (int i = 0; i < elements.length; i++) {
      int c = i / plane % scale.length;
      elements[i] = (elements[i] - mean[c]) / Math.sqrt(variance[c] + epsilon) * scale[c] + bias[c];
    }
    return Tensor.of(x.shape(), elements);
  }

  @Override
  public Samples samples(List<TensorType> inputs, int[] axes, int count) {
    return Images.samples(axes);
  }
}
