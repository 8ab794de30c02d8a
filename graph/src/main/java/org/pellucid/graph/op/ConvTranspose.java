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
 * Transposed convolution over 1 to 3 spatial axes, as ONNX defines ConvTranspose: what the gradient
 * of {@link Conv} with the same attributes does to its output. Inputs: x [N, C, spatial...], weight
 * [C, M/groups, kernel...], optionally bias [M]. The output's length on an axis is {@code (length -
 * 1) stride + (kernel - 1) dilation + 1 - padBegin - padEnd + outputPadding}.
 *
 * @param strides step per spatial axis
 * @param dilations distance of kernel elements per spatial axis
 * @param padsBegin elements left out before, per spatial axis
 * @param padsEnd elements left out after, per spatial axis
 * @param outputPadding elements added after, per spatial axis; fewer than the stride
 * @param groups number of groups; C and M are multiples
 */
public record ConvTranspose(
    List<Integer> strides,
    List<Integer> dilations,
    List<Integer> padsBegin,
    List<Integer> padsEnd,
    List<Integer> outputPadding,
    int groups)
    implements Operation {
  /** Copies the lists. */
  public ConvTranspose {
    strides = List.copyOf(strides);
    dilations = List.copyOf(dilations);
    padsBegin = List.copyOf(padsBegin);
    padsEnd = List.copyOf(padsEnd);
    outputPadding = List.copyOf(outputPadding);
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
        "x [N, C, spatial...] and a weight [C, M/groups, kernel...] of the same rank",
        inputs);
    Inputs.require(groups >= 1, this, "at least one group", groups);
    Inputs.require(
        x.dim(1) == weight.dim(0) && x.dim(1) % groups == 0,
        this,
        "x of C and a weight of [C, M/" + groups + "] channels, C a multiple of the groups",
        inputs);
    int axes = x.rank() - 2;
    Inputs.perAxis(this, "strides", strides, axes);
    Inputs.perAxis(this, "dilations", dilations, axes);
    Inputs.perAxis(this, "padding before", padsBegin, axes);
    Inputs.perAxis(this, "padding after", padsEnd, axes);
    Inputs.perAxis(this, "output padding", outputPadding, axes);
    int channels = Math.multiplyExact(weight.dim(1), groups);
    Inputs.require(
        inputs.size() == 2 || inputs.get(2).shape().equals(Shape.of(channels)),
        this,
        "a bias of shape [" + channels + "]",
        inputs);
    int[] dims = new int[x.rank()];
    dims[0] = x.dim(0);
    dims[1] = channels;
    for (int a = 0; a < axes; a++) {
      int stride = strides.get(a);
      int dilation = dilations.get(a);
      int extra = outputPadding.get(a);
      Inputs.require(
          stride >= 1 && dilation >= 1 && extra >= 0 && extra < stride,
          this,
          "a stride and a dilation of at least 1 and an output padding below the stride",
          stride + ", " + dilation + " and " + extra);
      long length =
          (x.dim(a + 2) - 1L) * stride
              + (weight.dim(a + 2) - 1L) * dilation
              + 1
              - padsBegin.get(a)
              - padsEnd.get(a)
              + extra;
      Inputs.require(
          length > 0 && padsBegin.get(a) >= 0 && padsEnd.get(a) >= 0,
          this,
          "padding of at least 0 that leaves something of spatial axis " + a,
          inputs + " with " + padsBegin.get(a) + " and " + padsEnd.get(a));
      dims[a + 2] = Math.toIntExact(length);
    }
    return new TensorType(type, Shape.of(dims));
  }

  @Override
  public Tensor evaluate(List<Tensor> inputs) {
    Tensor x = inputs.get(0);
    Shape weight = inputs.get(1).shape();
    TensorType output = infer(Inputs.types(inputs));
    Shape shape = output.shape();
    // The windows of the convolution whose gradient this is: they lie on the output.
    List<Integer> kernel = Arrays.stream(weight.dims()).skip(2).boxed().toList();
    int[][] taps =
        new Windows(this, output, kernel, strides, dilations, padsBegin, padsEnd, false).runs();
    int step = strides.get(strides.size() - 1);
    double[] elements = x.toDoubleArray();
    double[] weights = inputs.get(1).toDoubleArray();
    double[] sums = new double[(int) shape.size()];
    int inputPlane = (int) x.shape().sizeOf(2, x.shape().rank());
    int outputPlane = (int) shape.sizeOf(2, shape.rank());
    int groupOutputs = weight.dim(1);
    int groupInputs = weight.dim(0) / groups;
    for (int n = 0, from = 0; n < shape.dim(0); n++) {
      for (int c = 0; c < weight.dim(0); c++, from += inputPlane) {
        for (int m = 0; m < groupOutputs; m++) {
          int to = (n * shape.dim(1) + c / groupInputs * groupOutputs + m) * outputPlane;
          int first = (c * groupOutputs + m) * taps.length;
          for (int tap = 0; tap < taps.length; tap++) {
            spread(weights[first + tap], elements, from, sums, to, taps[tap], step);
          }
        }
      }
    }
    if (inputs.size() == 3) {
      double[] bias = inputs.get(2).toDoubleArray();
      for (int i = 0; i < sums.length; i++) {
        sums[i] += bias[i / outputPlane % bias.length];
      }
    }
    return Tensor.of(shape, sums);
  }

  /** Adds one weight's share to a plane of the output: runs count the other way as in Conv. */
  private static void spread(
      double weight, double[] input, int from, double[] output, int to, int[] runs, int step) {
    for (int r = 0; r < runs.length; r += Windows.RUN) {
      int i = from + runs[r];
      int o = to + runs[r + 1];
      for (int k = 0; k < runs[r + 2]; k++) {
        output[o + k * step] += weight * input[i + k];
      }
    }
  }

  @Override
  public Samples samples(List<TensorType> inputs, int[] axes, int count) {
    return Images.samples(axes);
  }

  @Override
  public Optional<String> gradient(Recorder recorder, Node node, String gradient, int input) {
    Terms t = new Terms(recorder);
    if (input == 2) {
      // The bias is added to each element of its channel.
      return Optional.of(t.sumOfOthers(gradient, 1));
    }
    // Linear in x with the transpose of a convolution's matrix: the convolution itself, of g. In
    // the weight's gradient x and g change places likewise.
    String x = node.inputs().get(0);
    String weight = node.inputs().get(1);
    Conv conv = new Conv(strides, dilations, padsBegin, padsEnd, groups);
    return Optional.of(
        input == 0
            ? t.node(conv, gradient, weight)
            : conv.weightGradient(t, gradient, x, t.shape(weight)));
  }
}
