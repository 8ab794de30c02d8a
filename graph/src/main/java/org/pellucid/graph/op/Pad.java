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
 * Elements added (never removed) before and after along each axis.
 *
 * @param before count per axis, at least 0
 * @param after count per axis, at least 0
 * @param mode what the added elements are
 * @param value the element of mode CONSTANT
 */
public record Pad(List<Integer> before, List<Integer> after, Mode mode, double value)
    implements Operation {
  /** Copies the lists. */
  public Pad {
    before = List.copyOf(before);
    after = List.copyOf(after);
  }

  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 1, 1);
    TensorType x = inputs.get(0);
    int[] dims = x.shape().dims();
    Inputs.perAxis(this, "counts before", before, dims.length);
    Inputs.perAxis(this, "counts after", after, dims.length);
    for (int a = 0; a < dims.length; a++) {
      int most = Math.max(before.get(a), after.get(a));
      Inputs.require(
          before.get(a) >= 0 && after.get(a) >= 0,
          this,
          "counts of at least 0",
          before + " and " + after);
      Inputs.require(
          switch (mode) {
            case CONSTANT -> true;
            case EDGE -> most == 0 || dims[a] > 0;
            case REFLECT -> most == 0 || most < dims[a];
          },
          this,
          "enough elements on axis " + a + " to pad it in mode " + mode,
          x + " with " + before + " before and " + after + " after");
      dims[a] = Math.addExact(Math.addExact(dims[a], before.get(a)), after.get(a));
    }
    return x.withShape(Shape.of(dims));
  }

  @Override
  public Tensor evaluate(List<Tensor> inputs) {
    Tensor x = inputs.get(0);
    int[] strides = x.shape().strides();
    Shape shape = infer(Inputs.types(inputs)).shape();
    int[] positions =
        Positions.of(
            shape,
            (axis, i) -> {
              int source = source(i - before.get(axis), x.shape().dim(axis));
              return source == Positions.OUTSIDE ? source : source * strides[axis];
            });
    return Positions.read(x, positions, shape, value);
  }

  /** Where along an axis an element comes from. */
  private int source(int index, int length) {
    if (index >= 0 && index < length) {
      return index;
    }
    return switch (mode) {
      case CONSTANT -> Positions.OUTSIDE;
      case EDGE -> index < 0 ? 0 : length - 1;
      case REFLECT -> index < 0 ? -index : 2 * (length - 1) - index;
    };
  }

  @Override
  public Samples samples(List<TensorType> inputs, int[] axes, int count) {
    return axes[0] != Samples.NONE && (before.get(axes[0]) != 0 || after.get(axes[0]) != 0)
        ? Samples.mix("it pads axis " + axes[0] + ", which holds the samples")
        : Samples.along(axes[0]);
  }

  @Override
  public Optional<String> gradient(Recorder recorder, Node node, String gradient, int input) {
    // What was added is left out; what was copied from inside is added where it came from.
    Terms t = new Terms(recorder);
    Shape x = t.shape(node.inputs().get(0));
    String sum = gradient;
    for (int axis = 0; axis < x.rank(); axis++) {
      if (before.get(axis) != 0 || after.get(axis) != 0) {
        sum = folded(t, sum, axis, x.dim(axis));
      }
    }
    return Optional.of(sum);
  }

  /** The gradient with one axis as long as before it was padded. */
  private String folded(Terms t, String gradient, int axis, int length) {
    int first = before.get(axis);
    int last = after.get(axis);
    String inside = t.slice(gradient, axis, first, length, 1);
    if (mode == Mode.CONSTANT || length == 0) {
      return inside;
    }
    if (first > 0) {
      String copies =
          mode == Mode.EDGE
              ? t.sum(t.slice(gradient, axis, 0, first, 1), List.of(axis), true)
              : t.slice(gradient, axis, first - 1, first, -1);
      int from = mode == Mode.EDGE ? 0 : 1;
      int size = mode == Mode.EDGE ? 1 : first;
      inside = t.add(inside, t.pad(copies, axis, from, length - from - size));
    }
    if (last > 0) {
      String copies =
          mode == Mode.EDGE
              ? t.sum(t.slice(gradient, axis, first + length, last, 1), List.of(axis), true)
              : t.slice(gradient, axis, first + length + last - 1, last, -1);
      int to = mode == Mode.EDGE ? 0 : 1;
      int size = mode == Mode.EDGE ? 1 : last;
      inside = t.add(inside, t.pad(copies, axis, length - to - size, to));
    }
    return inside;
  }

  /** What padding is filled with. */
  public enum Mode {
    /** A fixed value. */
    CONSTANT,
    /** Mirrored without the edge itself. */
    REFLECT,
    /** The edge repeated. */
    EDGE
  }
}
