package org.pellucid.graph.op;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.TensorType;

/**
 * Slices of data at indices along an axis: output shape is data[:axis] + indices shape +
 * data[axis+1:]. Inputs: data, indices (int64; negative ones count from the end).
 *
 * @param axis from 0
 */
public record Gather(int axis) implements Unfinished {
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
}
