package org.pellucid.graph.op;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Recorder;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/**
 * Axes in another order: output axis i is input axis permutation[i].
 *
 * @param permutation each axis of the input once
 */
public record Transpose(List<Integer> permutation) implements Operation {
  /** Copies the lists. */
  public Transpose {
    permutation = List.copyOf(permutation);
  }

  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 1, 1);
    TensorType x = inputs.get(0);
    int rank = x.shape().rank();
    Inputs.require(
        permutation.stream().sorted().toList().equals(IntStream.range(0, rank).boxed().toList()),
        this,
        "each of the " + rank + " axes of " + x + " once",
        permutation);
    int[] dims = permutation.stream().mapToInt(x.shape()::dim).toArray();
    return x.withShape(Shape.of(dims));
  }

  @Override
  public Tensor evaluate(List<Tensor> inputs) {
    Tensor x = inputs.get(0);
    int[] strides = x.shape().strides();
    Shape shape = infer(Inputs.types(inputs)).shape();
    int[] positions = Positions.of(shape, (axis, i) -> i * strides[permutation.get(axis)]);
    return Positions.read(x, positions, shape, 0);
  }

  @Override
  public Samples samples(List<TensorType> inputs, int[] axes, int count) {
    return Samples.along(axes[0] == Samples.NONE ? axes[0] : permutation.indexOf(axes[0]));
  }

  @Override
  public Optional<String> gradient(Recorder recorder, Node node, String gradient, int input) {
    List<Integer> inverse =
        IntStream.range(0, permutation.size()).map(permutation::indexOf).boxed().toList();
    return Optional.of(recorder.node(new Transpose(inverse), gradient));
  }
}
