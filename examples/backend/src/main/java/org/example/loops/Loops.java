package org.example.loops;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleBinaryOperator;
import java.util.function.IntBinaryOperator;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.ArgMax;
import org.pellucid.graph.op.BatchNormalization;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Cast;
import org.pellucid.graph.op.Concat;
import org.pellucid.graph.op.Expand;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.Pad;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Slice;
import org.pellucid.graph.op.Softmax;
import org.pellucid.graph.op.Standardize;
import org.pellucid.graph.op.Tile;
import org.pellucid.graph.op.Transpose;
import org.pellucid.graph.op.Unary;
import org.pellucid.graph.op.Where;

/**
 * One operation as loops over arrays of doubles, in which integers are exact up to 2^53. What is
 * missing here is refused when a model is loaded.
 */
@FunctionalInterface
interface Loops {
  /** Nothing stands here. */
  int OUTSIDE = Integer.MIN_VALUE;

  /** The elements of the output, a new array. */
  double[] run(List<Tensor> in, Shape to);

  /** The output as a tensor: floating ones as precise as they were computed. */
  default Tensor tensor(List<Tensor> in, TensorType type) {
    Tensor found = Tensor.of(type.shape(), run(in, type.shape()));
    return type.elementType().isFloating() ? found : found.cast(type.elementType());
  }

  /** The loops of an operation; empty where there are none. */
  static Optional<Loops> of(Operation operation) {
    Loops found = null;
    if (operation instanceof Unary op) {
      found = (in, to) -> Arrays.stream(in.get(0).toDoubleArray()).map(op::apply).toArray();
    } else if (operation instanceof Binary op) {
      found = (in, to) -> binary(op, in.get(0), in.get(1), to);
    } else if (operation instanceof Where) {
      found = Loops::where;
    } else if (operation instanceof Cast || operation instanceof Reshape) {
      found = (in, to) -> in.get(0).toDoubleArray();
    } else if (operation instanceof Expand) {
      found = (in, to) -> broadcast(in.get(0), to);
    } else if (operation instanceof Transpose op) {
      found =
          (in, to) -> pick(in.get(0), to, (axis, i) -> i * strides(in)[op.permutation().get(axis)]);
    } else if (operation instanceof Slice op) {
      found =
          (in, to) ->
              pick(
                  in.get(0),
                  to,
                  (axis, i) ->
                      (op.starts().get(axis) + i * op.steps().get(axis)) * strides(in)[axis]);
    } else if (operation instanceof Tile) {
      found =
          (in, to) ->
              pick(in.get(0), to, (axis, i) -> i % in.get(0).shape().dim(axis) * strides(in)[axis]);
    } else if (operation instanceof Pad op && op.mode() == Pad.Mode.CONSTANT) {
      found = (in, to) -> pad(op, in.get(0), to);
    } else if (operation instanceof Concat op) {
      found = (in, to) -> concat(op.axis(), in, to);
    } else if (operation instanceof Gemm op) {
      found = (in, to) -> gemm(op, in, to);
    } else if (operation instanceof Reduce op) {
      found = (in, to) -> reduce(op, in.get(0), to);
    } else if (operation instanceof ArgMax op) {
      found = (in, to) -> argMax(op, in.get(0), to);
    } else if (operation instanceof Softmax op) {
      found = (in, to) -> softmax(in.get(0).toDoubleArray(), groups(to, List.of(op.axis())));
    } else if (operation instanceof Standardize op) {
      found =
          (in, to) -> standardize(in.get(0).toDoubleArray(), groups(to, op.axes()), op.epsilon());
    } else if (operation instanceof BatchNormalization op) {
      found = (in, to) -> normalize(op, in);
    }
    return Optional.ofNullable(found).or(() -> WindowLoops.of(operation));
  }

  // Where elements come from

  /** For each element of a shape, the sum over axes of what an index adds; or {@link #OUTSIDE}. */
  static int[] places(Shape shape, IntBinaryOperator place) {
    int[] strides = shape.strides();
    int[] places = new int[(int) shape.size()];
    for (int i = 0; i < places.length; i++) {
      for (int axis = 0; axis < strides.length && places[i] != OUTSIDE; axis++) {
        int step = place.applyAsInt(axis, i / strides[axis] % shape.dim(axis));
        places[i] = step == OUTSIDE ? OUTSIDE : places[i] + step;
      }
    }
    return places;
  }

  private static double[] pick(Tensor from, Shape to, IntBinaryOperator place) {
    return Arrays.stream(places(to, place)).mapToDouble(from::get).toArray();
  }

  private static int[] strides(List<Tensor> in) {
    return in.get(0).shape().strides();
  }

  private static double[] broadcast(Tensor x, Shape to) {
    int[] strides = x.shape().strides();
    int more = to.rank() - strides.length;
    return pick(
        x,
        to,
        (axis, i) -> axis < more || x.shape().dim(axis - more) == 1 ? 0 : i * strides[axis - more]);
  }

  private static double[] pad(Pad op, Tensor x, Shape to) {
    IntBinaryOperator place =
        (axis, i) -> {
          int from = i - op.before().get(axis);
          return from >= 0 && from < x.shape().dim(axis)
              ? from * x.shape().strides()[axis]
              : OUTSIDE;
        };
    return Arrays.stream(places(to, place))
        .mapToDouble(at -> at == OUTSIDE ? op.value() : x.get(at))
        .toArray();
  }

  private static double[] concat(int axis, List<Tensor> in, Shape to) {
    double[] joined = new double[(int) to.size()];
    int whole = (int) to.sizeOf(axis, to.rank());
    int at = 0;
    for (Tensor x : in) {
      int length = (int) x.shape().sizeOf(axis, to.rank());
      for (int i = 0; i < x.size(); i++) {
        joined[i / length * whole + at + i % length] = x.get(i);
      }
      at += length;
    }
    return joined;
  }

  // Element by element

  private static double[] binary(Binary operation, Tensor left, Tensor right, Shape to) {
    double[] a = broadcast(left, to);
    double[] b = broadcast(right, to);
    boolean integers = left.elementType() == ElementType.INT64;
    for (int i = 0; i < a.length; i++) {
      if (operation instanceof Binary.Arithmetic op) {
        a[i] = integers ? op.apply((long) a[i], (long) b[i]) : op.apply(a[i], b[i]);
      } else if (operation instanceof Binary.Comparison op) {
        a[i] = op.apply(a[i], b[i]) ? 1 : 0;
      } else if (operation instanceof Binary.Logical op) {
        a[i] = op.apply(a[i] != 0, b[i] != 0) ? 1 : 0;
      }
    }
    return a;
  }

  private static double[] where(List<Tensor> in, Shape to) {
    double[] condition = broadcast(in.get(0), to);
    double[] chosen = broadcast(in.get(1), to);
    double[] other = broadcast(in.get(2), to);
    for (int i = 0; i < chosen.length; i++) {
      chosen[i] = condition[i] != 0 ? chosen[i] : other[i];
    }
    return chosen;
  }

  /** Inputs: x, scale, bias, mean, variance. */
  private static double[] normalize(BatchNormalization op, List<Tensor> in) {
    double[] y = in.get(0).toDoubleArray();
    Shape shape = in.get(0).shape();
    for (int i = 0; i < y.length; i++) {
      int c = i / shape.strides()[1] % shape.dim(1);
      double scale = in.get(1).get(c) / Math.sqrt(in.get(4).get(c) + op.epsilon());
      y[i] = (y[i] - in.get(3).get(c)) * scale + in.get(2).get(c);
    }
    return y;
  }

  // Sums

  private static double[] gemm(Gemm op, List<Tensor> in, Shape to) {
    double[] c = in.size() == 3 ? broadcast(in.get(2), to) : new double[(int) to.size()];
    Shape a = in.get(0).shape();
    Shape b = in.get(1).shape();
    int depth = a.dim(op.transposeA() ? 0 : 1);
    for (int i = 0; i < c.length; i++) {
      int row = i / to.dim(1);
      int column = i % to.dim(1);
      double sum = 0;
      for (int k = 0; k < depth; k++) {
        sum +=
            in.get(0).get(op.transposeA() ? k * a.dim(1) + row : row * a.dim(1) + k)
                * in.get(1).get(op.transposeB() ? column * b.dim(1) + k : k * b.dim(1) + column);
      }
      c[i] = op.alpha() * sum + op.beta() * c[i];
    }
    return c;
  }

  /** For each element the number of its group: those that differ along some axes alone. */
  private static int[] groups(Shape shape, List<Integer> axes) {
    int[] dims = shape.dims();
    axes.forEach(axis -> dims[axis] = 1);
    int[] strides = Shape.of(dims).strides();
    return places(shape, (axis, i) -> axes.contains(axis) ? 0 : i * strides[axis]);
  }

  /** At the number of each group, what is made of its elements. */
  private static double[] perGroup(
      double[] x, int[] groups, double start, DoubleBinaryOperator more) {
    double[] results = new double[Math.max(1, x.length)];
    Arrays.fill(results, start);
    for (int i = 0; i < x.length; i++) {
      results[groups[i]] = more.applyAsDouble(results[groups[i]], x[i]);
    }
    return results;
  }

  private static double[] reduce(Reduce op, Tensor x, Shape to) {
    int[] groups = groups(x.shape(), op.axes());
    DoubleBinaryOperator more = (result, element) -> op.combine(result, element);
    double[] results = perGroup(x.toDoubleArray(), groups, op.neutral(), more);
    for (int g = 0; op instanceof Reduce.ReduceMean && g < to.size(); g++) {
      results[g] /= groups.length / (double) to.size();
    }
    return Arrays.copyOf(results, (int) to.size());
  }

  private static double[] argMax(ArgMax op, Tensor x, Shape to) {
    int[] groups = groups(x.shape(), List.of(op.axis()));
    double[] best = new double[(int) to.size()];
    double[] elements = x.toDoubleArray();
    double[] largest = perGroup(elements, groups, Double.NEGATIVE_INFINITY, Math::max);
    for (int n = 0; n < elements.length; n++) {
      int i = op.selectLast() ? n : elements.length - 1 - n;
      if (elements[i] == largest[groups[i]]) {
        best[groups[i]] = i / x.shape().strides()[op.axis()] % x.shape().dim(op.axis());
      }
    }
    return best;
  }

  private static double[] softmax(double[] y, int[] groups) {
    double[] largest = perGroup(y, groups, Double.NEGATIVE_INFINITY, Math::max);
    for (int i = 0; i < y.length; i++) {
      y[i] = Math.exp(y[i] - largest[groups[i]]);
    }
    double[] sums = perGroup(y, groups, 0, Double::sum);
    for (int i = 0; i < y.length; i++) {
      y[i] /= sums[groups[i]];
    }
    return y;
  }

  private static double[] standardize(double[] y, int[] groups, double epsilon) {
    double[] sizes = perGroup(y, groups, 0, (size, element) -> size + 1);
    double[] sums = perGroup(y, groups, 0, Double::sum);
    for (int i = 0; i < y.length; i++) {
      y[i] -= sums[groups[i]] / sizes[groups[i]];
    }
    double[] squares = perGroup(y, groups, 0, (sum, element) -> sum + element * element);
    for (int i = 0; i < y.length; i++) {
      y[i] /= Math.sqrt(squares[groups[i]] / sizes[groups[i]] + epsilon);
    }
    return y;
  }
}
