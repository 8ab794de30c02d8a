package org.pellucid.onnx;

import java.util.List;
import java.util.stream.IntStream;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/**
 * Each element of [N, C, spatial...] several times in a row along each spatial axis: ONNX's Resize
 * to the nearest element by whole factors. It is no operation of the vocabulary, where networks say
 * the same with Reshape and Expand, and has no gradient; whoever runs a written graph in an engine
 * that is fast with it puts it in.
 *
 * @param factors how often, per spatial axis; at least 1
 */
public record Upsampling(List<Integer> factors) implements Operation {
  /** Copies the list. */
  public Upsampling {
    factors = List.copyOf(factors);
  }

  @Override
  public TensorType infer(List<TensorType> inputs) {
    Shape shape = inputs.get(0).shape();
    if (inputs.size() != 1
        || shape.rank() != factors.size() + 2
        || factors.stream().anyMatch(factor -> factor < 1)) {
      throw new IllegalArgumentException(
          name() + " takes [N, C, spatial...] with a factor per spatial axis, found " + inputs);
    }
    for (int axis = 2; axis < shape.rank(); axis++) {
      shape = shape.with(axis, Math.multiplyExact(shape.dim(axis), factors.get(axis - 2)));
    }
    return inputs.get(0).withShape(shape);
  }

  @Override
  public Tensor evaluate(List<Tensor> inputs) {
    Tensor x = inputs.get(0);
    Shape shape = infer(List.of(x.type())).shape();
    int[] from = x.shape().strides();
    int[] to = shape.strides();
    double[] elements =
        IntStream.range(0, Math.toIntExact(shape.size()))
            .map(
                element ->
                    IntStream.range(0, to.length)
                        .map(
                            axis ->
                                element
                                    / to[axis]
                                    % shape.dim(axis)
                                    / (axis < 2 ? 1 : factors.get(axis - 2))
                                    * from[axis])
                        .sum())
            .mapToDouble(x::get)
            .toArray();
    return Tensor.of(shape, elements);
  }

  @Override
  public Samples samples(List<TensorType> inputs, int[] axes, int count) {
    return axes[0] <= 0
        ? Samples.along(axes[0])
        : Samples.mix("it takes axis " + axes[0] + " for channels or space");
  }
}
