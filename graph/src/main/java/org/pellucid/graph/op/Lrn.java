package org.pellucid.graph.op;

import java.util.List;
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
public record Lrn(int size, double alpha, double beta, double bias) implements Unfinished {
  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 1, 1);
    Inputs.floating(this, inputs);
    Inputs.require(size >= 1, this, "a window of at least one channel", size);
    Inputs.require(
        inputs.get(0).shape().rank() >= 2, this, "x of shape [N, C, ...]", inputs.get(0));
    return inputs.get(0);
  }
}
