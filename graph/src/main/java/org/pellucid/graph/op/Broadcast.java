package org.pellucid.graph.op;

import java.util.List;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/** Multidirectional broadcasting as NumPy and ONNX define it: axes are aligned from the last. */
final class Broadcast {
  private Broadcast() {}

  /** The shape that all inputs broadcast to. */
  static Shape shape(List<TensorType> inputs) {
    return inputs.stream().map(TensorType::shape).reduce(Shape.of(), Shape::broadcast);
  }

  /** A tensor in a shape that it broadcasts to. */
  static Tensor to(Shape shape, Tensor x) {
    return x.shape().equals(shape)
        ? x
        : Positions.read(x, Positions.broadcast(x.shape(), shape), shape, 0);
  }

  /**
   * Samples stay apart when all inputs that hold them align them on one axis, and the others are
   * repeated along it. An input with a length of its own there fits only the number of samples that
   * the types are for.
   */
  static Samples samples(List<TensorType> inputs, int[] axes) {
    int rank = shape(inputs).rank();
    int aligned = Samples.NONE;
    int length = 1;
    for (int i = 0; i < axes.length; i++) {
      if (axes[i] == Samples.NONE) {
        continue;
      }
      Shape shape = inputs.get(i).shape();
      int axis = axes[i] + rank - shape.rank();
      if (aligned != Samples.NONE && aligned != axis) {
        return Samples.mix("its inputs hold the samples on different axes");
      }
      if (aligned != Samples.NONE && length != shape.dim(axes[i])) {
        return Samples.mix("it broadcasts one input along the axis that holds the samples");
      }
      aligned = axis;
      length = shape.dim(axes[i]);
    }
    if (aligned == Samples.NONE) {
      return Samples.along(Samples.NONE);
    }
    for (int i = 0; i < axes.length; i++) {
      Shape shape = inputs.get(i).shape();
      int own = aligned - (rank - shape.rank());
      if (axes[i] == Samples.NONE && own >= 0 && shape.dim(own) != 1) {
        return Samples.mix(
            "it combines axis "
                + aligned
                + ", which holds the samples, with a fixed input of length "
                + shape.dim(own));
      }
    }
    return Samples.along(aligned);
  }
}
