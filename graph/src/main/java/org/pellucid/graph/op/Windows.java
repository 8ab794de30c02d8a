package org.pellucid.graph.op;

import java.util.Arrays;
import java.util.List;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.TensorType;

/** Where the windows of a convolution or a pool lie on the spatial axes of its input. */
final class Windows {
  /** How many numbers tell of a run. */
  static final int RUN = 3;

  private final int[] input;
  private final int[] kernel;
  private final int[] strides;
  private final int[] dilations;
  private final int[] padsBegin;
  private final int[] padsEnd;
  private final int[] output;

  /**
   * Windows over an input [N, C, spatial...].
   *
   * @param kernel window length per spatial axis
   * @param ceilMode whether a last window that reaches beyond the padding is kept, if it starts
   *     inside the input or the padding before it
   * @throws IllegalArgumentException if an attribute does not fit the input
   */
  Windows(
      Operation operation,
      TensorType x,
      List<Integer> kernel,
      List<Integer> strides,
      List<Integer> dilations,
      List<Integer> padsBegin,
      List<Integer> padsEnd,
      boolean ceilMode) {
    Inputs.require(x.shape().rank() >= 3, operation, "x of shape [N, C, spatial...]", x);
    int axes = x.shape().rank() - 2;
    this.input = Arrays.copyOfRange(x.shape().dims(), 2, axes + 2);
    this.kernel = lengths(operation, "kernel lengths", kernel, axes, 1);
    this.strides = lengths(operation, "strides", strides, axes, 1);
    this.dilations = lengths(operation, "dilations", dilations, axes, 1);
    this.padsBegin = lengths(operation, "padding before", padsBegin, axes, 0);
    this.padsEnd = lengths(operation, "padding after", padsEnd, axes, 0);
    this.output = new int[axes];
    for (int a = 0; a < axes; a++) {
      output[a] = outputLength(a, ceilMode);
      Inputs.require(
          output[a] > 0,
          operation,
          "x with at least one window of " + reach(a) + " on spatial axis " + a,
          x + " with padding " + padsBegin.get(a) + " and " + padsEnd.get(a));
    }
  }

  private static int[] lengths(
      Operation operation, String attribute, List<Integer> entries, int axes, int least) {
    Inputs.perAxis(operation, attribute, entries, axes);
    Inputs.require(
        entries.stream().allMatch(entry -> entry >= least),
        operation,
        attribute + " of at least " + least,
        entries);
    return entries.stream().mapToInt(Integer::intValue).toArray();
  }

  private int outputLength(int axis, boolean ceilMode) {
    long room = (long) input[axis] + padsBegin[axis] + padsEnd[axis] - reach(axis);
    long step = strides[axis];
    if (!ceilMode) {
      return Math.toIntExact(Math.floorDiv(room, step) + 1);
    }
    long length = Math.floorDiv(room + step - 1, step) + 1;
    boolean beside = (length - 1) * step >= (long) input[axis] + padsBegin[axis];
    return Math.toIntExact(beside ? length - 1 : length);
  }

  /** How many elements of its axis a window spans, gaps included. */
  private long reach(int axis) {
    return (kernel[axis] - 1L) * dilations[axis] + 1;
  }

  /**
   * Refuses padding as wide as a window, as ONNX Runtime and PyTorch do for pools: a window could
   * lie in the padding alone.
   */
  void requireNarrowPadding(Operation operation) {
    for (int a = 0; a < input.length; a++) {
      Inputs.require(
          Math.max(padsBegin[a], padsEnd[a]) < reach(a),
          operation,
          "padding narrower than the window of " + reach(a) + " on spatial axis " + a,
          padsBegin[a] + " before and " + padsEnd[a] + " after");
    }
  }

  /** The output's shape for so many samples and channels. */
  Shape output(int samples, int channels) {
    int[] dims = new int[output.length + 2];
    dims[0] = samples;
    dims[1] = channels;
    System.arraycopy(output, 0, dims, 2, output.length);
    return Shape.of(dims);
  }

  /** How far apart in the input the elements of a run are: the stride of the last axis. */
  int step() {
    return strides[strides.length - 1];
  }

  /**
   * For each element of the kernel, in row-major order, the runs of output elements whose windows
   * find input under it. A run is {@link #RUN} numbers: the first position in a plane of the
   * output, the first position in a plane of the input, and how many; from one to the next the
   * output goes on by 1 and the input by {@link #step}.
   */
  int[][] runs() {
    int last = kernel.length - 1;
    int[][] kernelRows = indices(Arrays.copyOf(kernel, last));
    int[][] runs = new int[kernelRows.length * kernel[last]][];
    for (int tap = 0; tap < runs.length; tap++) {
      int[] rows = inputRows(kernelRows[tap / kernel[last]]);
      int shift = tap % kernel[last] * dilations[last] - padsBegin[last];
      int from = Math.max(0, ceilDiv(-shift, step()));
      int to = Math.min(output[last], ceilDiv(input[last] - shift, step()));
      runs[tap] = to > from ? runs(rows, from, to - from, from * step() + shift) : new int[0];
    }
    return runs;
  }

  /** For each row of the output, where the row starts that lies under a row of the kernel. */
  private int[] inputRows(int[] kernelRow) {
    int[] lengths = Shape.of(input).strides();
    Shape rows = Shape.of(Arrays.copyOf(output, kernelRow.length));
    return Positions.of(
        rows,
        (axis, o) -> {
          int i = o * strides[axis] - padsBegin[axis] + kernelRow[axis] * dilations[axis];
          return i >= 0 && i < input[axis] ? i * lengths[axis] : Positions.OUTSIDE;
        });
  }

  private int[] runs(int[] inputRows, int from, int length, int inputFrom) {
    int[] runs = new int[inputRows.length * RUN];
    int next = 0;
    for (int row = 0; row < inputRows.length; row++) {
      if (inputRows[row] == Positions.OUTSIDE) {
        continue;
      }
      int first = row * output[output.length - 1] + from;
      int read = inputRows[row] + inputFrom;
      boolean goesOn =
          next > 0
              && step() == 1
              && runs[next - 3] + runs[next - 1] == first
              && runs[next - 2] + runs[next - 1] == read;
      if (goesOn) {
        runs[next - 1] += length;
      } else {
        runs[next++] = first;
        runs[next++] = read;
        runs[next++] = length;
      }
    }
    return Arrays.copyOf(runs, next);
  }

  /** For each element of a plane of the output, how many elements its window has inside. */
  int[] counts(boolean countPadding) {
    int[] counts = {1};
    for (int a = 0; a < output.length; a++) {
      int least = countPadding ? -padsBegin[a] : 0;
      int end = countPadding ? input[a] + padsEnd[a] : input[a];
      int[] finer = new int[counts.length * output[a]];
      for (int i = 0; i < finer.length; i++) {
        int first = i % output[a] * strides[a] - padsBegin[a];
        int inside = 0;
        for (int k = 0; k < kernel[a]; k++) {
          int position = first + k * dilations[a];
          inside += position >= least && position < end ? 1 : 0;
        }
        finer[i] = counts[i / output[a]] * inside;
      }
      counts = finer;
    }
    return counts;
  }

  /** All indices of a shape in row-major order. */
  private static int[][] indices(int[] dims) {
    int[][] indices = new int[(int) Shape.of(dims).size()][dims.length];
    for (int i = 0; i < indices.length; i++) {
      int rest = i;
      for (int a = dims.length - 1; a >= 0; a--) {
        indices[i][a] = rest % dims[a];
        rest /= dims[a];
      }
    }
    return indices;
  }

  private static int ceilDiv(int a, int b) {
    return -Math.floorDiv(-a, b);
  }
}
