package org.pellucid.graph.op;

import java.util.List;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/**
 * Local response normalisation across channels (ONNX LRN): y = x / (bias + alpha / size * sum of
 * x^2 over the window of channels)^beta, the window reaching from c - floor((size-1)/2) to c +
 * ceil((size-1)/2). Input: x [N, C, ...].
 *
 * @param size number of channels in the window
 * @param alpha scale
 * @param beta exponent
 * @param bias offset
 */
public record Lrn(int size, double alpha, double beta, double bias) implements Operation {
  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 1, 1);
    Inputs.floating(this, inputs);
    Inputs.require(size >= 1, this, "a window of at least one channel", size);
    Inputs.require(
        inputs.get(0).shape().rank() >= 2, this, "x of shape [N, C, ...]", inputs.get(0));
    return inputs.get(0);
  }

  @Override
  public Tensor evaluate(List<Tensor> inputs) {
    Shape shape = inputs.get(0).shape();
    double[] elements = inputs.get(0).toDoubleArray();
    double[] normalized = new double[elements.length];
    int channels = shape.dim(1);
    int plane = (int) shape.sizeOf(2, shape.rank());
    int before = (size - 1) / 2;
    int after = size - 1 - before;
    for (int i = 0; i < elements.length; i++) {
      int channel = i / plane % channels;
      double sum = 0;
      for (int c = Math.max(channel - before, 0);
          c <= Math.min(channel + after, channels - 1);
          c++) {
        double near = elements[i + (c - channel) * plane];
        sum += near * near;
      }
      normalized[i] = elements[i] / Math.pow(bias + alpha / size * sum, beta);
    }
    return Tensor.of(shape, normalized);
  }

  @Override
  public Samples samples(List<TensorType> inputs, int[] axes, int count) {
    return Images.samples(axes);
  }
}
