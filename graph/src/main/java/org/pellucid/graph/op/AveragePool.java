package org.pellucid.graph.op;

import java.util.List;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/**
 * Mean of each window. The divisor is the number of elements inside the input, or with
 * countIncludePad inside the input and its declared padding (never what ceilMode adds beyond).
 * Input: x [N, C, spatial...].
 *
 * @param kernel window length per spatial axis
 * @param strides step per spatial axis
 * @param dilations distance of window elements
 * @param padsBegin padding before
 * @param padsEnd padding after
 * @param ceilMode as in MaxPool
 * @param countIncludePad whether padding counts in the divisor
 */
public record AveragePool(
    List<Integer> kernel,
    List<Integer> strides,
    List<Integer> dilations,
    List<Integer> padsBegin,
    List<Integer> padsEnd,
    boolean ceilMode,
    boolean countIncludePad)
    implements Operation {
  /** Copies the lists. */
  public AveragePool {
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
    int[] counts = windows.counts(countIncludePad);
    double[] means = new double[x.shape().dim(0) * x.shape().dim(1) * counts.length];
    int inputPlane = (int) x.shape().sizeOf(2, x.shape().rank());
    for (int from = 0, to = 0; to < means.length; from += inputPlane, to += counts.length) {
      for (int[] runs : windows.runs()) {
        for (int r = 0; r < runs.length; r += Windows.RUN) {
          int output = to + runs[r];
          int input = from + runs[r + 1];
          for (int i = 0; i < runs[r + 2]; i++) {
            means[output + i] += elements[input + i * windows.step()];
          }
        }
      }
      for (int i = 0; i < counts.length; i++) {
        means[to + i] /= counts[i];
      }
    }
    return Tensor.of(windows.output(x.shape().dim(0), x.shape().dim(1)), means);
  }

  @Override
  public Samples samples(List<TensorType> inputs, int[] axes, int count) {
    return Images.samples(axes);
  }

  private Windows windows(TensorType x) {
    return new Windows(this, x, kernel, strides, dilations, padsBegin, padsEnd, ceilMode);
  }
}
