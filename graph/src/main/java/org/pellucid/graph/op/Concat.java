package org.pellucid.graph.op;

import java.util.Collections;
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
 * Inputs one after another along an axis.
 *
 * @param axis from 0
 */
public record Concat(int axis) implements Operation {
  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 1, Integer.MAX_VALUE);
    Inputs.same(this, inputs);
    TensorType first = inputs.get(0);
    Inputs.axis(this, axis, first);
    int length = 0;
    for (TensorType input : inputs) {
      Inputs.require(
          input.shape().rank() == first.shape().rank()
              && input.shape().with(axis, 0).equals(first.shape().with(axis, 0)),
          this,
          "inputs that differ on axis " + axis + " only",
          inputs);
      length = Math.addExact(length, input.shape().dim(axis));
    }
    return first.withShape(first.shape().with(axis, length));
  }

  @Override
  public Tensor evaluate(List<Tensor> inputs) {
    Shape shape = infer(Inputs.types(inputs)).shape();
    int outer = (int) shape.sizeOf(0, axis);
    int length = (int) shape.sizeOf(axis, shape.rank());
    Object joined = Elements.newArray(inputs.get(0).elementType(), outer * length);
    int offset = 0;
    for (Tensor input : inputs) {
      Object part = Elements.array(input);
      int partLength = (int) input.shape().sizeOf(axis, shape.rank());
      for (int o = 0; o < outer; o++) {
        System.arraycopy(part, o * partLength, joined, o * length + offset, partLength);
      }
      offset += partLength;
    }
    return Elements.tensor(shape, joined);
  }

  @Override
  public Samples samples(List<TensorType> inputs, int[] axes, int count) {
    int along = Samples.NONE;
    int length = 0;
    for (int i = 0; i < axes.length; i++) {
      if (axes[i] == Samples.NONE) {
        continue;
      }
      int own = inputs.get(i).shape().dim(axes[i]);
      if (along != Samples.NONE && (along != axes[i] || length != own)) {
        return Samples.mix("its inputs hold the samples on different axes");
      }
      along = axes[i];
      length = own;
    }
    if (along == axis) {
      return Samples.mix("it joins its inputs along axis " + axis + ", which holds the samples");
    }
    for (int i = 0; i < axes.length; i++) {
      // A single slice that all samples share can be repeated for each; a longer one holds more
      // than a sample's share or belongs to certain samples.
      if (along != Samples.NONE && axes[i] == Samples.NONE && length != 1) {
        return Samples.mix("it joins samples with a fixed input of length " + length);
      }
    }
    return Samples.along(along);
  }

  @Override
  public Optional<String> gradient(Recorder recorder, Node node, String gradient, int input) {
    // The part of the gradient that the input fills.
    Terms t = new Terms(recorder);
    int first = node.inputs().subList(0, input).stream().mapToInt(x -> t.shape(x).dim(axis)).sum();
    Shape part = t.shape(node.inputs().get(input));
    List<Integer> starts =
        IntStream.range(0, part.rank()).map(a -> a == axis ? first : 0).boxed().toList();
    List<Integer> sizes = IntStream.of(part.dims()).boxed().toList();
    List<Integer> steps = Collections.nCopies(part.rank(), 1);
    return Optional.of(recorder.node(new Slice(starts, sizes, steps), gradient));
  }
}
