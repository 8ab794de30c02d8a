package org.pellucid.graph.op;

import java.util.ArrayList;
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
 * The input repeated along each axis.
 *
 * @param repeats count per axis, at least 1
 */
public record Tile(List<Integer> repeats) implements Operation {
  /** Copies the lists. */
  public Tile {
    repeats = List.copyOf(repeats);
  }

  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 1, 1);
    TensorType x = inputs.get(0);
    int[] dims = x.shape().dims();
    Inputs.perAxis(this, "repeats", repeats, dims.length);
    for (int a = 0; a < dims.length; a++) {
      Inputs.require(repeats.get(a) >= 1, this, "repeats of at least 1", repeats);
      dims[a] = Math.multiplyExact(dims[a], repeats.get(a));
    }
    return x.withShape(Shape.of(dims));
  }

  @Override
  public Tensor evaluate(List<Tensor> inputs) {
    Tensor x = inputs.get(0);
    int[] strides = x.shape().strides();
    Shape shape = infer(Inputs.types(inputs)).shape();
    int[] positions = Positions.of(shape, (axis, i) -> i % x.shape().dim(axis) * strides[axis]);
    return Positions.read(x, positions, shape, 0);
  }

  @Override
  public Samples samples(List<TensorType> inputs, int[] axes, int count) {
    return axes[0] != Samples.NONE && repeats.get(axes[0]) != 1
        ? Samples.mix("it repeats along axis " + axes[0] + ", which holds the samples")
        : Samples.along(axes[0]);
  }

  @Override
  public Optional<String> gradient(Recorder recorder, Node node, String gradient, int input) {
    // The copies are added up.
    Terms t = new Terms(recorder);
    Shape x = t.shape(node.inputs().get(0));
    List<Integer> split = new ArrayList<>();
    List<Integer> copies = new ArrayList<>();
    for (int a = 0; a < x.rank(); a++) {
      if (repeats.get(a) > 1) {
        copies.add(split.size());
        split.add(repeats.get(a));
      }
      split.add(x.dim(a));
    }
    Shape parts = Shape.of(split.stream().mapToInt(Integer::intValue).toArray());
    return Optional.of(t.sum(t.reshape(gradient, parts), copies, false));
  }
}
