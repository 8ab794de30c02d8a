package org.pellucid.graph.op;

import java.util.List;
import java.util.Optional;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Recorder;
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

  @Override
  public Optional<String> gradient(Recorder recorder, Node node, String gradient, int input) {
    // With r = 1 / sqrt(variance + epsilon) and z = (x - mean) r: y = scale z + bias, so dy/dx =
    // scale r, dy/dscale = z, dy/dmean = -scale r and dy/dvariance = -scale z r^2 / 2. Products
    // with
    // r are normalisations themselves, which keeps them exact where the variance is a constant.
    Terms t = new Terms(recorder);
    String x = node.inputs().get(0);
    String scale = node.inputs().get(1);
    String mean = node.inputs().get(3);
    String variance = node.inputs().get(4);
    String zeros = t.filled(0, t.shape(variance), x);
    String ones = t.filled(1, t.shape(variance), x);
    String product =
        switch (input) {
          case 0, 3 -> t.node(this, gradient, scale, zeros, zeros, variance);
          case 1 -> t.mul(gradient, t.node(this, x, ones, zeros, mean, variance));
          case 2 -> gradient;
          default -> {
            String z = t.node(this, x, ones, zeros, mean, variance);
            String scaled = t.node(this, t.mul(gradient, z), scale, zeros, zeros, variance);
            yield t.scale(t.node(this, scaled, ones, zeros, zeros, variance), -0.5);
          }
        };
    if (input == 0) {
      return Optional.of(product);
    }
    String sum = t.sumOfOthers(product, 1);
    return Optional.of(input == 3 ? t.neg(sum) : sum);
  }
}
