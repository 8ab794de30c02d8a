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

  @Override
  public Optional<String> gradient(Recorder recorder, Node node, String gradient, int input) {
    // With D = bias + alpha / size * sum of x^2 and y = x D^-beta: g D^-beta - 2 alpha beta / size
    // *
    // x * sum of g y / D, now over the windows that a channel is in: the mirrored ones.
    Terms t = new Terms(recorder);
    String x = node.inputs().get(0);
    int before = (size - 1) / 2;
    int after = size - 1 - before;
    String divisor = t.affine(means(t, t.mul(x, x), before, after), alpha, bias);
    String power = t.apply(new Unary.Exp(), t.scale(t.apply(new Unary.Log(), divisor), -beta));
    String shares = t.div(t.mul(gradient, node.output()), divisor);
    String near = t.scale(t.mul(x, means(t, shares, after, before)), 2 * alpha * beta);
    return Optional.of(t.sub(t.mul(gradient, power), near));
  }

  /** The sum over a window of channels divided by its size, as pooling along the channels. */
  private String means(Terms t, String x, int before, int after) {
    Shape shape = t.shape(x);
    int plane = Math.toIntExact(shape.sizeOf(2, shape.rank()));
    List<Integer> ones = List.of(1, 1);
    Operation pool =
        new AveragePool(
            List.of(size, 1), ones, ones, List.of(before, 0), List.of(after, 0), false, true);
    String rows = t.reshape(x, Shape.of(shape.dim(0), 1, shape.dim(1), plane));
    return t.reshape(t.node(pool, rows), shape);
  }
}
