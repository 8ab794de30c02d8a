package org.pellucid.graph.op;

import java.util.List;
import org.pellucid.graph.Shape;
import org.pellucid.graph.TensorType;

/**
 * Inference-mode batch normalisation: (x - mean) / sqrt(variance + epsilon) * scale + bias, per
 * channel (axis 1). Inputs: x [N, C, ...], scale, bias, mean, variance, each [C].
 *
 * @param epsilon added to the variance
 */
public record BatchNormalization(double epsilon) implements Unfinished {
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
}
