package org.pellucid.graph.op;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Recorder;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/**
 * Slices of data at indices along an axis: output shape is data[:axis] + indices shape +
 * data[axis+1:]. Inputs: data, indices (int64; negative ones count from the end).
 *
 * @param axis from 0
 */
public record Gather(int axis) implements Operation {
  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 2, 2);
    TensorType data = inputs.get(0);
    TensorType indices = inputs.get(1);
    Inputs.axis(this, axis, data);
    Inputs.require(
        indices.elementType() == ElementType.INT64, this, "indices of type int64", indices);
    int[] dims = data.shape().dims();
    int[] output =
        Stream.of(
                Arrays.copyOfRange(dims, 0, axis),
                indices.shape().dims(),
                Arrays.copyOfRange(dims, axis + 1, dims.length))
            .flatMapToInt(Arrays::stream)
            .toArray();
    return data.withShape(Shape.of(output));
  }

  @Override
  public Tensor evaluate(List<Tensor> inputs) {
    Tensor data = inputs.get(0);
    long[] indices = inputs.get(1).toLongArray();
    return Positions.read(
        data, positions(data.shape(), indices), infer(Inputs.types(inputs)).shape(), 0);
  }

  /** Where in data the elements of the output stand. */
  int[] positions(Shape data, long[] indices) {
    int[] strides = data.strides();
    return Positions.of(
        data.with(axis, indices.length),
        (a, i) -> strides[a] * (a == axis ? inRange(indices[i], data) : i));
  }

  @Override
  public Samples samples(List<TensorType> inputs, int[] axes, int count) {
    if (axes[0] == Samples.NONE) {
      return Samples.along(axes[1] == Samples.NONE ? Samples.NONE : axis + axes[1]);
    }
    if (axes[1] != Samples.NONE) {
      return Samples.mix("it picks from one input that holds samples by another that does");
    }
    if (axes[0] == axis) {
      return Samples.mix("it picks along axis " + axis + ", which holds the samples");
    }
    return Samples.along(axes[0] < axis ? axes[0] : axes[0] + inputs.get(1).shape().rank() - 1);
  }

  @Override
  public Optional<String> gradient(Recorder recorder, Node node, String gradient, int input) {
    int length = recorder.type(node.inputs().get(0)).shape().dim(axis);
    Operation scatter = new ScatterAdd(axis, length);
    return Optional.of(recorder.node(scatter, gradient, node.inputs().get(1)));
  }

  private int inRange(long index, Shape data) {
    int length = data.dim(axis);
    if (index < -length || index >= length) {
      throw new IllegalArgumentException(
          "Gather expects indices from "
              + -length
              + " to "
              + (length - 1)
              + " on axis "
              + axis
              + " of "
              + data
              + ", found "
              + index);
    }
    return (int) (index < 0 ? index + length : index);
  }
}
