package org.pellucid.graph.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Recorder;
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

  @Override
  public Optional<String> gradient(Recorder recorder, Node node, String gradient, int input) {
    Terms t = new Terms(recorder);
    Shape x = t.shape(node.inputs().get(0));
    int[] counts = windows(recorder.type(node.inputs().get(0))).counts(countIncludePad);
    if (counts.length == 1 && isCoveredByOneWindow(x)) {
      // Each element has the same share.
      return Optional.of(t.expand(t.scale(gradient, 1.0 / counts[0]), x));
    }
    boolean even = IntStream.of(counts).allMatch(count -> count == counts[0]);
    int full = kernel.stream().reduce(1, Math::multiplyExact);
    if (strides.stream().allMatch(stride -> stride == 1)) {
      // Each element adds up its shares of the windows around it: again means, of full windows.
      String shares =
          even
              ? t.scale(gradient, (double) full / counts[0])
              : t.scale(divided(t, gradient, counts), full);
      return Optional.of(t.node(mirrored(), shares));
    }
    // The transpose of sums over windows: each share is spread over its window.
    String shares = even ? t.scale(gradient, 1.0 / counts[0]) : divided(t, gradient, counts);
    int[] ones = IntStream.concat(IntStream.of(x.dim(1), 1), ints(kernel)).toArray();
    String weight = t.filled(1, Shape.of(ones), gradient);
    return Optional.of(t.node(spread(x, t.shape(gradient)), shares, weight));
  }

  private static IntStream ints(List<Integer> entries) {
    return entries.stream().mapToInt(Integer::intValue);
  }

  private boolean isCoveredByOneWindow(Shape x) {
    return IntStream.range(0, kernel.size())
        .allMatch(a -> dilations.get(a) == 1 && kernel.get(a) - padsBegin.get(a) >= x.dim(a + 2));
  }

  private static String divided(Terms t, String gradient, int[] counts) {
    Shape y = t.shape(gradient);
    Shape plane = Shape.of(Arrays.copyOfRange(y.dims(), 2, y.rank()));
    return t.div(gradient, t.fixed(plane, counts, gradient));
  }

  /** Means over windows that lie around an element as it lies in its windows; for strides of 1. */
  private Operation mirrored() {
    List<Integer> before = new ArrayList<>();
    List<Integer> after = new ArrayList<>();
    for (int a = 0; a < kernel.size(); a++) {
      int reach = (kernel.get(a) - 1) * dilations.get(a);
      before.add(reach - padsBegin.get(a));
      after.add(reach - padsEnd.get(a));
    }
    return new AveragePool(kernel, strides, dilations, before, after, false, true);
  }

  /** The transposed convolution, a group per channel, that makes x from y. */
  private Operation spread(Shape x, Shape y) {
    List<Integer> after = new ArrayList<>();
    List<Integer> left = new ArrayList<>();
    for (int a = 0; a < kernel.size(); a++) {
      // What the last windows leave out of the padded input; less than nothing in ceil mode.
      int rest =
          x.dim(a + 2)
              + padsBegin.get(a)
              + padsEnd.get(a)
              - (y.dim(a + 2) - 1) * strides.get(a)
              - (kernel.get(a) - 1) * dilations.get(a)
              - 1;
      after.add(padsEnd.get(a) + Math.max(0, -rest));
      left.add(Math.max(0, rest));
    }
    return new ConvTranspose(strides, dilations, padsBegin, after, left, x.dim(1));
  }

  private Windows windows(TensorType x) {
    return new Windows(this, x, kernel, strides, dilations, padsBegin, padsEnd, ceilMode);
  }
}
