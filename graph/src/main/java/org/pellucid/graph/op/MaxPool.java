package org.pellucid.graph.op;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Recorder;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/**
 * Largest element of each window, padding never chosen. A tie goes to the first element in window
 * order (row-major), also for the gradient. A window with NaN gives NaN. Input: x [N, C,
 * spatial...], floating.
 *
 * @param kernel window length per spatial axis
 * @param strides step per spatial axis
 * @param dilations distance of window elements
 * @param padsBegin padding before
 * @param padsEnd padding after
 * @param ceilMode whether a last window that does not fit is kept (only if it starts inside the
 *     input or the padding before it, as PyTorch and ONNX do)
 */
public record MaxPool(
    List<Integer> kernel,
    List<Integer> strides,
    List<Integer> dilations,
    List<Integer> padsBegin,
    List<Integer> padsEnd,
    boolean ceilMode)
    implements Operation {
  /** Copies the lists. */
  public MaxPool {
    kernel = List.copyOf(kernel);
    strides = List.copyOf(strides);
    dilations = List.copyOf(dilations);
    padsBegin = List.copyOf(padsBegin);
    padsEnd = List.copyOf(padsEnd);
  }

  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 1, 1);
    ElementType type = Inputs.floating(this, inputs);
    Shape x = inputs.get(0).shape();
    Windows windows = windows(inputs.get(0));
    windows.requireNarrowPadding(this);
    return new TensorType(type, windows.output(x.dim(0), x.dim(1)));
  }

  @Override
  public Tensor evaluate(List<Tensor> inputs) {
    Tensor x = inputs.get(0);
    Windows windows = windows(x.type());
    double[] elements = x.toDoubleArray();
    Shape shape = windows.output(x.shape().dim(0), x.shape().dim(1));
    double[] largest = new double[(int) shape.size()];
    Arrays.fill(largest, Double.NEGATIVE_INFINITY);
    int inputPlane = (int) x.shape().sizeOf(2, x.shape().rank());
    int outputPlane = (int) shape.sizeOf(2, shape.rank());
    for (int from = 0, to = 0; to < largest.length; from += inputPlane, to += outputPlane) {
      for (int[] runs : windows.runs()) {
        for (int r = 0; r < runs.length; r += Windows.RUN) {
          int output = to + runs[r];
          int input = from + runs[r + 1];
          for (int i = 0; i < runs[r + 2]; i++) {
            largest[output + i] =
                Math.max(largest[output + i], elements[input + i * windows.step()]);
          }
        }
      }
    }
    return Tensor.of(shape, largest);
  }

  /** For each window, where in x its largest element stands: the first of equals, of NaN before. */
  int[] positions(Tensor x) {
    Windows windows = windows(x.type());
    double[] elements = x.toDoubleArray();
    Shape shape = windows.output(x.shape().dim(0), x.shape().dim(1));
    int[] positions = new int[(int) shape.size()];
    Arrays.fill(positions, Positions.OUTSIDE);
    int inputPlane = (int) x.shape().sizeOf(2, x.shape().rank());
    int outputPlane = (int) shape.sizeOf(2, shape.rank());
    for (int from = 0, to = 0; to < positions.length; from += inputPlane, to += outputPlane) {
      for (int[] runs : windows.runs()) {
        for (int r = 0; r < runs.length; r += Windows.RUN) {
          for (int i = 0; i < runs[r + 2]; i++) {
            int output = to + runs[r] + i;
            int input = from + runs[r + 1] + i * windows.step();
            int best = positions[output];
            if (best == Positions.OUTSIDE
                || elements[input] > elements[best]
                || (Double.isNaN(elements[input]) && !Double.isNaN(elements[best]))) {
              positions[output] = input;
            }
          }
        }
      }
    }
    return positions;
  }

  @Override
  public Samples samples(List<TensorType> inputs, int[] axes, int count) {
    return Images.samples(axes);
  }

  @Override
  public Optional<String> gradient(Recorder recorder, Node node, String gradient, int input) {
    // Each element goes where its window's largest stands; what is chosen changes with x only in
    // jumps.
    return Optional.of(recorder.node(new MaxPoolGrad(this), node.inputs().get(0), gradient));
  }

  private Windows windows(TensorType x) {
    return new Windows(this, x, kernel, strides, dilations, padsBegin, padsEnd, ceilMode);
  }
}
