package org.pellucid.importer.dl4j;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** Convolutions of DL4J. Their biases stand before their weights. */
final class Dl4jConvolutions {
  private Dl4jConvolutions() {}

  static void register(Dl4jLayers.Registry registry) {
    registry.add("ConvolutionLayer", (call, x) -> convolution(call, x, 2, "cnn2dDataFormat"));
    registry.add("Convolution2D", (call, x) -> convolution(call, x, 2, "cnn2dDataFormat"));
    registry.add("Convolution1DLayer", Dl4jConvolutions::series);
    registry.add("Convolution1D", Dl4jConvolutions::series);
    registry.add("Convolution3D", (call, x) -> convolution(call, x, 3, "dataFormat"));
    registry.add("SeparableConvolution2D", Dl4jConvolutions::separable);
    registry.add("DepthwiseConvolution2D", Dl4jConvolutions::depthwise);
    registry.add("Deconvolution2D", Dl4jConvolutions::transposed2d);
    registry.add("Deconvolution3D", Dl4jConvolutions::transposed3d);
  }

  private static Value convolution(Dl4jCall call, Value x, int axes, String format) {
    start(call, x, axes, format);
    Sliding sliding = call.sliding(x, axes);
    int outputs = call.outputs();
    Optional<String> bias = call.bias(outputs);
    List<Integer> dims = new ArrayList<>(List.of(outputs, call.inputs()));
    dims.addAll(sliding.kernel());
    String weight = call.weight("weight", ints(dims));
    return call.activated(
        x.with(sliding.convolution(call.scope(), "linear", x.tensor(), weight, bias, 1)));
  }

  /** DL4J takes the weights of [outputs, inputs, length] for ones of [length, inputs, outputs]. */
  private static Value series(Dl4jCall call, Value x) {
    start(call, x, 1, "rnnDataFormat");
    Sliding sliding = call.sliding(x, 1);
    int outputs = call.outputs();
    Optional<String> bias = call.bias(outputs);
    Tensor given = call.weights().take(sliding.kernel().get(0), call.inputs(), outputs);
    String weight = call.constant("weight", Rearranged.of(given, List.of(2, 1, 0)));
    return call.activated(
        x.with(sliding.convolution(call.scope(), "linear", x.tensor(), weight, bias, 1)));
  }

  private static void start(Dl4jCall call, Value x, int axes, String format) {
    call.scope().requireRank(x, axes + 2);
    call.requireFormat(format, x);
    call.requireChannels(x);
  }

  private static int[] ints(List<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Weights: [multiplier, inputs, kernel...] for each channel, then [outputs, channels, 1, 1]. */
  private static Value separable(Dl4jCall call, Value x) {
    start(call, x, 2, "cnn2dDataFormat");
    Sliding sliding = call.sliding(x, 2);
    int inputs = call.inputs();
    int outputs = call.outputs();
    int multiplier = call.positive("depthMultiplier");
    Optional<String> bias = call.bias(outputs);
    Shape kernel = Shape.of(sliding.kernel().get(0), sliding.kernel().get(1));
    int plane = Math.toIntExact(kernel.size());
    Tensor given = call.weights().take(multiplier, inputs, kernel.dim(0), kernel.dim(1));
    float[] ordered = new float[given.size()];
    for (int m = 0; m < multiplier; m++) {
      for (int c = 0; c < inputs; c++) {
        given.floats().get((m * inputs + c) * plane, ordered, (c * multiplier + m) * plane, plane);
      }
    }
    int channels = Math.multiplyExact(inputs, multiplier);
    Shape perChannel = Shape.of(channels, 1, kernel.dim(0), kernel.dim(1));
    String depthwise = call.constant("depthwise_weight", Tensor.of(perChannel, ordered));
    String pointwise = call.weight("weight", outputs, channels, 1, 1);
    String spread =
        sliding.convolution(
            call.scope(), "depthwise", x.tensor(), depthwise, Optional.empty(), inputs);
    List<Integer> ones = List.of(1, 1);
    String mixed =
        Sliding.inside(ones, ones, ones)
            .convolution(call.scope(), "linear", spread, pointwise, bias, 1);
    return call.activated(x.with(mixed));
  }

  /** Weights: [kernel..., inputs, multiplier]. */
  private static Value depthwise(Dl4jCall call, Value x) {
    start(call, x, 2, "cnn2dDataFormat");
    Sliding sliding = call.sliding(x, 2);
    int inputs = call.inputs();
    int multiplier = call.positive("depthMultiplier");
    int channels = Math.multiplyExact(inputs, multiplier);
    Optional<String> bias = call.bias(channels);
    int rows = sliding.kernel().get(0);
    int columns = sliding.kernel().get(1);
    Tensor given = call.weights().take(rows, columns, inputs, multiplier);
    Tensor ordered =
        Rearranged.of(given, List.of(2, 3, 0, 1)).reshape(Shape.of(channels, 1, rows, columns));
    String weight = call.constant("weight", ordered);
    return call.activated(
        x.with(sliding.convolution(call.scope(), "linear", x.tensor(), weight, bias, inputs)));
  }

  /** Weights: [inputs, outputs, kernel...]. */
  private static Value transposed2d(Dl4jCall call, Value x) {
    start(call, x, 2, "cnn2dDataFormat");
    int outputs = call.outputs();
    Optional<String> bias = call.bias(outputs);
    List<Integer> kernel = call.perAxis("kernelSize", 2);
    String weight = call.weight("weight", call.inputs(), outputs, kernel.get(0), kernel.get(1));
    return transposed(call, x, kernel, weight, bias);
  }

  /** Weights: [kernel..., outputs, inputs]. */
  private static Value transposed3d(Dl4jCall call, Value x) {
    start(call, x, 3, "dataFormat");
    int outputs = call.outputs();
    Optional<String> bias = call.bias(outputs);
    List<Integer> kernel = call.perAxis("kernelSize", 3);
    Tensor given =
        call.weights().take(kernel.get(0), kernel.get(1), kernel.get(2), outputs, call.inputs());
    String weight = call.constant("weight", Rearranged.of(given, List.of(4, 3, 0, 1, 2)));
    return transposed(call, x, kernel, weight, bias);
  }

  /** In mode Same an axis becomes as many times longer as the stride says. */
  private static Value transposed(
      Dl4jCall call, Value x, List<Integer> kernel, String weight, Optional<String> bias) {
    int axes = kernel.size();
    List<Integer> strides = call.perAxis("stride", axes);
    List<Integer> dilations = call.perAxis("dilation", axes);
    List<Integer> none = Collections.nCopies(axes, 0);
    Sliding sliding;
    String mode = call.settings().text("convolutionMode", "Truncate");
    if (mode.equals("Same")) {
      List<Integer> before = new ArrayList<>();
      List<Integer> after = new ArrayList<>();
      for (int a = 0; a < axes; a++) {
        int total = (kernel.get(a) - 1) * dilations.get(a) + 1 - strides.get(a);
        if (total < 0) {
          throw new RefusedLayerException("in mode Same its stride is larger than its kernel");
        }
        before.add(total / 2);
        after.add(total - total / 2);
      }
      sliding = new Sliding(kernel, strides, dilations, before, after);
    } else if (mode.equals("Truncate") || mode.equals("Strict")) {
      sliding = Sliding.padded(kernel, strides, dilations, call.perAxis("padding", axes));
    } else {
      throw new RefusedLayerException("its convolution mode is " + mode);
    }
    return call.activated(x.with(sliding.transposed(call.scope(), x.tensor(), weight, bias, none)));
  }
}
