package org.pellucid.graph.op;

import java.util.Arrays;
import java.util.List;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.TensorType;

/** Where the windows of a convolution or a pool lie on the spatial axes of its input. */
final class Windows {
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
    int room = input[axis] + padsBegin[axis] + padsEnd[axis] - reach(axis);
    int step = strides[axis];
    if (!ceilMode) {
      return Math.floorDiv(room, step) + 1;
    }
    int length = Math.floorDiv(room + step - 1, step) + 1;
    return (length - 1) * step >= input[axis] + padsBegin[axis] ? length - 1 : length;
  }

  /** How many elements of its axis a window spans, gaps included. */
  private int reach(int axis) {
    return (kernel[axis] - 1) * dilations[axis] + 1;
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
}
