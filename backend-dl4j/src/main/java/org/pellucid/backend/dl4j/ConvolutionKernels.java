package org.pellucid.backend.dl4j;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.ConvTranspose;

/** Convolutions and transposed ones. */
final class ConvolutionKernels {
  /** For ND4J: padding as given, channels before space, and weights as in ONNX. */
  private static final long[] AS_GIVEN = {0, 0, 1};

  private ConvolutionKernels() {}

  static void addTo(Kernels table) {
    table.add(Conv.class, ConvolutionKernels::convolve);
    table.add(ConvTranspose.class, ConvolutionKernels::transpose);
  }

  private static INDArray convolve(Conv op, Call call) {
    long[] begin = Spatial.of(op.padsBegin(), 0);
    long[] end = Spatial.of(op.padsEnd(), 0);
    INDArray x = Call.view(call.input(0), Spatial.of(NativeArrays.dims(call.shape(0))));
    INDArray w = Call.view(call.input(1), Spatial.of(NativeArrays.dims(call.shape(1))));
    if (!Arrays.equals(begin, end)) {
      x = ArrangementKernels.padded(call, x, Spatial.beside(begin), Spatial.beside(end), 0);
      begin = new long[begin.length];
    }
    INDArray y = call.output();
    INDArray z = Call.view(y, Spatial.of(NativeArrays.dims(call.outputShape())));
    long[] steps = Spatial.of(op.strides(), 1);
    long[] dilations = Spatial.of(op.dilations(), 1);
    String name = steps.length == 2 ? "conv2d" : "conv3dnew";
    long[] kernel = Arrays.copyOfRange(w.shape(), 2, w.rank());
    long[] settings = Spatial.joined(kernel, steps, begin, dilations, AS_GIVEN);
    boolean helpers = helpers(call, dilations);
    int channels = call.shape(0).dim(1);
    if (op.groups() == 1) {
      call.run(name, z, settings, new boolean[0], helpers, x, w);
    } else if (op.groups() == channels && steps.length == 2) {
      depthwise(call, settings, helpers, x, w, z);
    } else {
      grouped(call, name, settings, helpers, op.groups(), new INDArray[] {x, w, z}, 0);
    }
    return call.has(2) ? biased(call, y, call.input(2)) : y;
  }

  private static void depthwise(
      Call call, long[] settings, boolean helpers, INDArray x, INDArray w, INDArray z) {
    long channels = x.size(1);
    long multiple = w.size(0) / channels;
    INDArray grouped = Call.view(w, channels, multiple, w.size(2), w.size(3));
    INDArray weights = call.compact(grouped.permute(1, 0, 2, 3));
    call.run("depthwise_conv2d", z, settings, new boolean[0], helpers, x, weights);
  }

  /** oneDNN fails where kernels have gaps. */
  private static boolean helpers(Call call, long... dilations) {
    return call.precision() == DataType.FLOAT && Arrays.stream(dilations).allMatch(d -> d == 1);
  }

  /**
   * Group by group.
   *
   * @param arrays input, weight and output
   * @param weightAxis the weight's axis that the groups divide
   */
  private static void grouped(
      Call call,
      String name,
      long[] settings,
      boolean helpers,
      int groups,
      INDArray[] arrays,
      int weightAxis) {
    for (int group = 0; group < groups; group++) {
      INDArray x = call.compact(part(arrays[0], 1, group, groups));
      INDArray w = call.compact(part(arrays[1], weightAxis, group, groups));
      INDArray target = part(arrays[2], 1, group, groups);
      INDArray y = call.like(target);
      call.run(name, y, settings, new boolean[0], helpers, x, w);
      Call.fill(target, y);
    }
  }

  private static INDArray part(INDArray array, int axis, int group, int groups) {
    long length = array.size(axis) / groups;
    return Strided.part(array, axis, group * length, length);
  }

  private static INDArray biased(Call call, INDArray y, INDArray bias) {
    long[] perChannel = Strided.ones(y.rank());
    perChannel[1] = bias.length();
    return call.run("add", y, y, Call.view(bias, perChannel));
  }

  private static INDArray transpose(ConvTranspose op, Call call) {
    INDArray x = Call.view(call.input(0), Spatial.of(NativeArrays.dims(call.shape(0))));
    INDArray w = Call.view(call.input(1), Spatial.of(NativeArrays.dims(call.shape(1))));
    long[] steps = Spatial.of(op.strides(), 1);
    long[] dilations = Spatial.of(op.dilations(), 1);
    long[] begin = Spatial.of(op.padsBegin(), 0);
    boolean asGiven =
        op.padsBegin().equals(op.padsEnd()) && op.outputPadding().stream().allMatch(p -> p == 0);
    long[] kernel = Arrays.copyOfRange(w.shape(), 2, w.rank());
    INDArray y = call.output();
    INDArray z = Call.view(y, Spatial.of(NativeArrays.dims(call.outputShape())));
    long[] whole = z.shape().clone();
    if (!asGiven) {
      for (int a = 0; a < kernel.length; a++) {
        whole[a + 2] = (x.size(a + 2) - 1) * steps[a] + (kernel[a] - 1) * dilations[a] + 1;
      }
    }
    INDArray sums = asGiven ? z : call.floats(whole);
    long[] pads = asGiven ? begin : new long[begin.length];
    long[] settings = Spatial.joined(kernel, steps, pads, dilations, AS_GIVEN);
    String name = steps.length == 2 ? "deconv2d" : "deconv3d";
    boolean helpers = helpers(call, dilations);
    if (op.groups() == 1) {
      call.run(name, sums, settings, new boolean[0], helpers, x, w);
    } else {
      grouped(call, name, settings, helpers, op.groups(), new INDArray[] {x, w, sums}, 0);
    }
    if (!asGiven) {
      crop(sums, z, begin);
    }
    return call.has(2) ? biased(call, y, call.input(2)) : y;
  }

  /** The part of all sums that is asked for, with zeros where there are none. */
  private static void crop(INDArray sums, INDArray z, long[] begin) {
    z.assign(0);
    long[] from = Spatial.beside(begin);
    long[] sizes = z.shape().clone();
    for (int a = 0; a < sizes.length; a++) {
      sizes[a] = Math.min(sizes[a], sums.size(a) - from[a]);
    }
    long[] ones = Strided.ones(sizes.length);
    INDArray part = Strided.part(sums, from, sizes, ones);
    Call.fill(Strided.part(z, new long[sizes.length], sizes, ones), part);
  }
}
