package org.example.loops;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.AveragePool;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.ConvTranspose;
import org.pellucid.graph.op.MaxPool;
import org.pellucid.graph.op.MaxPoolGrad;

/** Operations over windows of one to three spatial axes. */
final class WindowLoops {
  private WindowLoops() {}

  /** Where windows lie. */
  private record Placement(List<Integer> strides, List<Integer> dilations, List<Integer> pads) {}

  static Optional<Loops> of(Operation operation) {
    Loops found = null;
    if (operation instanceof Conv op) {
      Placement p = new Placement(op.strides(), op.dilations(), op.padsBegin());
      found = (in, to) -> convolve(in, in.get(0).shape(), to, false, p, op.groups());
    } else if (operation instanceof ConvTranspose op) {
      // The windows lie on the output.
      Placement p = new Placement(op.strides(), op.dilations(), op.padsBegin());
      found = (in, to) -> convolve(in, to, in.get(0).shape(), true, p, op.groups());
    } else if (operation instanceof AveragePool op && !op.ceilMode()) {
      found = (in, to) -> averagePool(op, in.get(0), to);
    } else if (operation instanceof MaxPool op) {
      found =
          (in, to) ->
              Arrays.stream(largest(op, in.get(0), to)).mapToDouble(in.get(0)::get).toArray();
    } else if (operation instanceof MaxPoolGrad op) {
      found = (in, to) -> maxPoolGrad(op.pool(), in.get(0), in.get(1));
    }
    return Optional.ofNullable(found);
  }

  private static Shape plane(Shape shape) {
    return Shape.of(Arrays.copyOfRange(shape.dims(), 2, shape.rank()));
  }

  /**
   * For each window, and each place of the kernel in it, the cell of the plane there, or {@link
   * Loops#OUTSIDE}.
   */
  private static int[][] cells(Shape maps, Shape windowed, Shape kernel, Placement p) {
    Shape x = plane(maps);
    Shape windows = plane(windowed);
    int[][] cells = new int[(int) windows.size()][];
    for (int o = 0; o < cells.length; o++) {
      int window = o;
      cells[o] =
          Loops.places(
              kernel,
              (axis, k) -> {
                int at = window / windows.strides()[axis] % windows.dim(axis) * p.strides.get(axis);
                int i = at - p.pads.get(axis) + k * p.dilations.get(axis);
                return i >= 0 && i < x.dim(axis) ? i * x.strides()[axis] : Loops.OUTSIDE;
              });
    }
    return cells;
  }

  /**
   * Each weight [channel of windows, channel in its group, place] joins a window and a cell: the
   * window is a sum over cells, or transposed the cell over windows.
   */
  private static double[] convolve(
      List<Tensor> in, Shape maps, Shape windowed, boolean transposed, Placement p, int groups) {
    int[][] cells = cells(maps, windowed, plane(in.get(1).shape()), p);
    double[] x = in.get(0).toDoubleArray();
    double[] weights = in.get(1).toDoubleArray();
    Shape to = transposed ? maps : windowed;
    double[] y = new double[(int) to.size()];
    for (int i = 0; i < y.length && in.size() == 3; i++) {
      y[i] = in.get(2).get(i / to.strides()[1] % to.dim(1));
    }
    int own = maps.dim(1) / groups;
    int perGroup = windowed.dim(1) / groups;
    for (int i = 0; i < (int) windowed.size(); i++) {
      int[] window = cells[i % cells.length];
      int channel = i / cells.length % windowed.dim(1);
      int first = i / cells.length / windowed.dim(1) * maps.dim(1) + channel / perGroup * own;
      for (int c = 0; c < own; c++) {
        for (int k = 0; k < window.length; k++) {
          if (window[k] != Loops.OUTSIDE) {
            int cell = (first + c) * maps.strides()[1] + window[k];
            double weight = weights[(channel * own + c) * window.length + k];
            y[transposed ? cell : i] += weight * x[transposed ? i : cell];
          }
        }
      }
    }
    return y;
  }

  private static Shape lengths(List<Integer> kernel) {
    return Shape.of(kernel.stream().mapToInt(Integer::intValue).toArray());
  }

  /** Without ceil mode, in which windows reach beyond the padding. */
  private static double[] averagePool(AveragePool op, Tensor x, Shape to) {
    Placement p = new Placement(op.strides(), op.dilations(), op.padsBegin());
    int[][] cells = cells(x.shape(), to, lengths(op.kernel()), p);
    double[] means = new double[(int) to.size()];
    for (int i = 0; i < means.length; i++) {
      int[] window = cells[i % cells.length];
      int inside = 0;
      for (int cell : window) {
        means[i] +=
            cell == Loops.OUTSIDE ? 0 : x.get(i / cells.length * x.shape().strides()[1] + cell);
        inside += cell == Loops.OUTSIDE ? 0 : 1;
      }
      means[i] /= op.countIncludePad() ? window.length : inside;
    }
    return means;
  }

  /** For each window, where in x its largest element stands, the first of equals. */
  private static int[] largest(MaxPool op, Tensor x, Shape to) {
    Placement p = new Placement(op.strides(), op.dilations(), op.padsBegin());
    int[][] cells = cells(x.shape(), to, lengths(op.kernel()), p);
    int[] largest = new int[(int) to.size()];
    for (int i = 0; i < largest.length; i++) {
      largest[i] = Loops.OUTSIDE;
      for (int cell : cells[i % cells.length]) {
        int at = i / cells.length * x.shape().strides()[1] + cell;
        boolean first = largest[i] == Loops.OUTSIDE;
        if (cell != Loops.OUTSIDE && (first || x.get(at) > x.get(largest[i]))) {
          largest[i] = at;
        }
      }
    }
    return largest;
  }

  private static double[] maxPoolGrad(MaxPool pool, Tensor x, Tensor gradient) {
    int[] largest = largest(pool, x, gradient.shape());
    double[] sums = new double[x.size()];
    for (int i = 0; i < largest.length; i++) {
      sums[largest[i]] += gradient.get(i);
    }
    return sums;
  }
}
