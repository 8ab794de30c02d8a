package org.pellucid.graph.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
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
 * Convolution (cross-correlation) over 1 to 3 spatial axes, as ONNX defines Conv. Inputs: x [N, C,
 * spatial...], weight [M, C/groups, kernel...], optionally bias [M].
 *
 * @param strides step per spatial axis
 * @param dilations distance of kernel elements per spatial axis
 * @param padsBegin zeros before, per spatial axis
 * @param padsEnd zeros after, per spatial axis
 * @param groups number of groups; C and M are multiples
 */
public record Conv(
    List<Integer> strides,
    List<Integer> dilations,
    List<Integer> padsBegin,
    List<Integer> padsEnd,
    int groups)
    implements Operation {
  /** Copies the lists. */
  public Conv {
    strides = List.copyOf(strides);
    dilations = List.copyOf(dilations);
    padsBegin = List.copyOf(padsBegin);
    padsEnd = List.copyOf(padsEnd);
  }

  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 2, 3);
    ElementType type = Inputs.floating(this, inputs);
    Shape x = inputs.get(0).shape();
    Shape weight = inputs.get(1).shape();
    Inputs.require(
        x.rank() >= 3 && weight.rank() == x.rank(),
        this,
        "x [N, C, spatial...] and a weight [M, C/groups, kernel...] of the same rank",
        inputs);
    Inputs.require(groups >= 1, this, "at least one group", groups);
    Inputs.require(
        x.dim(1) == (long) weight.dim(1) * groups && weight.dim(0) % groups == 0,
        this,
        "x of C and a weight of [M, C/" + groups + "] channels, C and M multiples of the groups",
        inputs);
    Inputs.require(
        inputs.size() == 2 || inputs.get(2).shape().equals(Shape.of(weight.dim(0))),
        this,
        "a bias of shape [" + weight.dim(0) + "]",
        inputs);
    return new TensorType(type, windows(inputs.get(0), weight).output(x.dim(0), weight.dim(0)));
  }

  @Override
  public Tensor evaluate(List<Tensor> inputs) {
    Tensor x = inputs.get(0);
    Shape weight = inputs.get(1).shape();
    Windows windows = windows(x.type(), weight);
    Shape shape = windows.output(x.shape().dim(0), weight.dim(0));
    double[] elements = x.toDoubleArray();
    double[] weights = inputs.get(1).toDoubleArray();
    double[] bias = inputs.size() == 3 ? inputs.get(2).toDoubleArray() : new double[weight.dim(0)];
    double[] output = new double[(int) shape.size()];
    int inputPlane = (int) x.shape().sizeOf(2, x.shape().rank());
    int outputPlane = (int) shape.sizeOf(2, shape.rank());
    int groupInputs = weight.dim(1);
    int groupOutputs = weight.dim(0) / groups;
    int[][] taps = windows.runs();
    for (int n = 0, to = 0; n < shape.dim(0); n++) {
      for (int m = 0; m < weight.dim(0); m++, to += outputPlane) {
        Arrays.fill(output, to, to + outputPlane, bias[m]);
        for (int c = 0; c < groupInputs; c++) {
          int channel = n * x.shape().dim(1) + m / groupOutputs * groupInputs + c;
          int kernel = (m * groupInputs + c) * taps.length;
          for (int tap = 0; tap < taps.length; tap++) {
            addScaled(
                weights[kernel + tap],
                elements,
                channel * inputPlane,
                output,
                to,
                taps[tap],
                windows.step());
          }
        }
      }
    }
    return Tensor.of(shape, output);
  }

  @Override
  public Samples samples(List<TensorType> inputs, int[] axes, int count) {
    return Images.samples(axes);
  }

  @Override
  public Optional<String> gradient(Recorder recorder, Node node, String gradient, int input) {
    Terms t = new Terms(recorder);
    String x = node.inputs().get(0);
    String w = node.inputs().get(1);
    if (input == 2) {
      // The bias is added to each element of its channel.
      return Optional.of(t.sumOfOthers(gradient, 1));
    }
    if (input == 1) {
      return Optional.of(weightGradient(t, x, gradient, t.shape(w)));
    }
    // Linear in x: the transposed convolution, padded to what of x the last windows left out.
    Shape whole = t.shape(x);
    Shape weight = t.shape(w);
    Shape y = t.shape(gradient);
    List<Integer> left =
        IntStream.range(0, strides.size())
            .mapToObj(
                a ->
                    whole.dim(a + 2)
                        + padsBegin.get(a)
                        + padsEnd.get(a)
                        - (y.dim(a + 2) - 1) * strides.get(a)
                        - (weight.dim(a + 2) - 1) * dilations.get(a)
                        - 1)
            .toList();
    Operation transposed = new ConvTranspose(strides, dilations, padsBegin, padsEnd, left, groups);
    return Optional.of(recorder.node(transposed, gradient, w));
  }

  /**
   * Takes down the gradient with respect to the weight. Each weight meets, for all samples and
   * windows, an element of x and one of the output's gradient: that is a convolution too, in which
   * samples are the channels, the gradient is the kernel, and steps and dilations change places.
   *
   * @param x the input [N, C, spatial...]
   * @param gradient dS / dy [N, M, spatial...]
   * @param weight the weight's shape [M, C/groups, kernel...]
   */
  String weightGradient(Terms t, String x, String gradient, Shape weight) {
    Shape whole = t.shape(x);
    int samples = whole.dim(0);
    int perGroup = weight.dim(1);
    // [N, groups, C/groups, plane] to [C/groups, groups, N, plane].
    int plane = Math.toIntExact(whole.sizeOf(2, whole.rank()));
    String grouped = t.reshape(x, Shape.of(samples, groups, perGroup, plane));
    String channels =
        t.reshape(
            t.transpose(grouped, List.of(2, 1, 0, 3)),
            whole.with(0, perGroup).with(1, groups * samples));
    List<Integer> swapped = new ArrayList<>(IntStream.range(0, whole.rank()).boxed().toList());
    Collections.swap(swapped, 0, 1);
    Conv correlation = new Conv(dilations, strides, padsBegin, padsEnd, groups);
    String sums = t.node(correlation, channels, t.transpose(gradient, swapped));
    // Windows beyond the kernel come from what the strides left out.
    for (int axis = 2; axis < weight.rank(); axis++) {
      sums = t.slice(sums, axis, 0, weight.dim(axis), 1);
    }
    return t.transpose(sums, swapped);
  }

  /** Adds one weight's share to a plane of the output: the loop in which the time goes. */
  private static void addScaled(
      double weight, double[] input, int from, double[] output, int to, int[] runs, int step) {
    for (int r = 0; r < runs.length; r += Windows.RUN) {
      int o = to + runs[r];
      int i = from + runs[r + 1];
      int length = runs[r + 2];
      if (step == 1) {
        for (int k = 0; k < length; k++) {
          output[o + k] += weight * input[i + k];
        }
      } else {
        for (int k = 0; k < length; k++) {
          output[o + k] += weight * input[i + k * step];
        }
      }
    }
  }

  private Windows windows(TensorType x, Shape weight) {
    List<Integer> kernel = Arrays.stream(weight.dims()).skip(2).boxed().toList();
    return new Windows(this, x, kernel, strides, dilations, padsBegin, padsEnd, false);
  }
}
