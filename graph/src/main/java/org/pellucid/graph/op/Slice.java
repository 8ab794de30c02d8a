package org.pellucid.graph.op;

import java.util.ArrayList;
import java.util.Arrays;
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
 * A strided part: along each axis, output i is input start + i * step. Complete for all axes of the
 * input.
 *
 * @param starts first index per axis, in range
 * @param sizes output length per axis
 * @param steps step per axis, negative to go backwards, never 0
 */
public record Slice(List<Integer> starts, List<Integer> sizes, List<Integer> steps)
    implements Operation {
  /** Copies the lists. */
  public Slice {
    starts = List.copyOf(starts);
    sizes = List.copyOf(sizes);
    steps = List.copyOf(steps);
  }

  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 1, 1);
    TensorType x = inputs.get(0);
    int rank = x.shape().rank();
    Inputs.perAxis(this, "starts", starts, rank);
    Inputs.perAxis(this, "sizes", sizes, rank);
    Inputs.perAxis(this, "steps", steps, rank);
    for (int a = 0; a < rank; a++) {
      int size = sizes.get(a);
      long first = starts.get(a);
      long last = first + (size - 1L) * steps.get(a);
      int length = x.shape().dim(a);
      Inputs.require(
          steps.get(a) != 0
              && (size == 0
                  || (size > 0 && first >= 0 && first < length && last >= 0 && last < length)),
          this,
          "indices inside axis " + a + " of " + x,
          size + " from " + first + " in steps of " + steps.get(a));
    }
    return x.withShape(Shape.of(sizes.stream().mapToInt(Integer::intValue).toArray()));
  }

  @Override
  public Tensor evaluate(List<Tensor> inputs) {
    Tensor x = inputs.get(0);
    int[] strides = x.shape().strides();
    Shape shape = infer(Inputs.types(inputs)).shape();
    int[] positions =
        Positions.of(shape, (axis, i) -> (starts.get(axis) + i * steps.get(axis)) * strides[axis]);
    return Positions.read(x, positions, shape, 0);
  }

  @Override
  public Samples samples(List<TensorType> inputs, int[] axes, int count) {
    int axis = axes[0];
    if (axis == Samples.NONE) {
      return Samples.along(Samples.NONE);
    }
    int length = inputs.get(0).shape().dim(axis);
    // The step does not matter where there is only one element, but it will for more samples.
    boolean whole = starts.get(axis) == 0 && sizes.get(axis) == length && steps.get(axis) == 1;
    return whole
        ? Samples.along(axis)
        : Samples.mix("it cuts axis " + axis + ", which holds the samples");
  }

  @Override
  public Optional<String> gradient(Recorder recorder, Node node, String gradient, int input) {
    // Each element goes back where it was taken from; zeros come between and around.
    Terms t = new Terms(recorder);
    Shape x = t.shape(node.inputs().get(0));
    if (t.shape(gradient).size() == 0) {
      return Optional.empty();
    }
    String spread = gradient;
    List<Integer> zerosBefore = new ArrayList<>();
    List<Integer> zerosAfter = new ArrayList<>();
    for (int axis = 0; axis < x.rank(); axis++) {
      int size = sizes.get(axis);
      int step = Math.abs(steps.get(axis));
      boolean backwards = steps.get(axis) < 0 && size > 1;
      int first = backwards ? starts.get(axis) - (size - 1) * step : starts.get(axis);
      if (backwards) {
        spread = t.slice(spread, axis, size - 1, size, -1);
      }
      if (size > 1 && step > 1) {
        spread = t.slice(spaced(t, spread, axis, step), axis, 0, (size - 1) * step + 1, 1);
      }
      zerosBefore.add(first);
      zerosAfter.add(x.dim(axis) - first - t.shape(spread).dim(axis));
    }
    return Optional.of(t.pad(spread, zerosBefore, zerosAfter));
  }

  @Override
  public Operation forOutput(TensorType output) {
    return new Slice(starts, Arrays.stream(output.shape().dims()).boxed().toList(), steps);
  }

  /** With zeros after each element of an axis, so that they are a step apart. */
  private static String spaced(Terms t, String x, int axis, int step) {
    Shape shape = t.shape(x);
    int[] apart = new int[shape.rank() + 1];
    System.arraycopy(shape.dims(), 0, apart, 0, axis + 1);
    System.arraycopy(shape.dims(), axis + 1, apart, axis + 2, shape.rank() - axis - 1);
    apart[axis + 1] = 1;
    String zeros = t.pad(t.reshape(x, Shape.of(apart)), axis + 1, 0, step - 1);
    return t.reshape(zeros, shape.with(axis, shape.dim(axis) * step));
  }
}
