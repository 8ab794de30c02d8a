package org.pellucid.importer.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** Convolutions of Keras. Kernels are [length..., inputs, outputs]. */
final class KerasConvolutions {
  private KerasConvolutions() {}

  static void register(KerasLayers.Registry registry) {
    for (int axes = 1; axes <= 3; axes++) {
      int spatial = axes;
      registry.add("Conv" + axes + "D", (call, x) -> convolution(call, x, spatial));
      registry.add("Convolution" + axes + "D", (call, x) -> convolution(call, x, spatial));
      registry.add("Conv" + axes + "DTranspose", (call, x) -> transposed(call, x, spatial));
    }
    for (int axes = 1; axes <= 2; axes++) {
      int spatial = axes;
      registry.add("DepthwiseConv" + axes + "D", (call, x) -> depthwise(call, x, spatial));
      registry.add("SeparableConv" + axes + "D", (call, x) -> separable(call, x, spatial));
    }
  }

  private static Value convolution(KerasCall call, Value given, int axes) {
    Value x = call.image(given, axes);
    Tensor kernel = kernel(call, "kernel", axes);
    String weight = call.scope().constant("weight", rearranged(kernel));
    Sliding sliding = sliding(call, x, kernel, axes);
    int groups = call.settings().whole("groups", 1);
    return call.activated(
        x.with(
            sliding.convolution(call.scope(), "linear", x.tensor(), weight, call.bias(), groups)));
  }

  private static Tensor kernel(KerasCall call, String name, int axes) {
    Tensor kernel = call.weight(name);
    if (kernel.shape().rank() != axes + 2) {
      throw new MalformedInputException("its " + name + " has the shape " + kernel.shape());
    }
    List<Integer> configured = call.perAxis("kernel_size", axes, -1);
    for (int a = 0; a < axes; a++) {
      if (configured.get(a) != kernel.shape().dim(a)) {
        throw new MalformedInputException(
            "its kernel size is " + configured + ", its " + name + " has " + kernel.shape());
      }
    }
    return kernel;
  }

  /** [length..., inputs, outputs] to [outputs, inputs, length...]. */
  private static Tensor rearranged(Tensor kernel) {
    int axes = kernel.shape().rank() - 2;
    List<Integer> order = new ArrayList<>(List.of(axes + 1, axes));
    IntStream.range(0, axes).forEach(order::add);
    return Rearranged.of(kernel, order);
  }

  private static Sliding sliding(KerasCall call, Value x, Tensor kernel, int axes) {
    return call.sliding(
        x,
        IntStream.range(0, axes).mapToObj(kernel.shape()::dim).toList(),
        call.perAxis("strides", axes, 1),
        call.perAxis("dilation_rate", axes, 1));
  }

  /** [length..., inputs, multiplier] to a kernel for each channel, [inputs multiplier, 1, ...]. */
  private static Tensor perChannel(Tensor kernel) {
    int axes = kernel.shape().rank() - 2;
    List<Integer> order = new ArrayList<>(List.of(axes, axes + 1));
    IntStream.range(0, axes).forEach(order::add);
    int[] dims = new int[axes + 2];
    dims[0] = Math.multiplyExact(kernel.shape().dim(axes), kernel.shape().dim(axes + 1));
    dims[1] = 1;
    for (int a = 0; a < axes; a++) {
      dims[a + 2] = kernel.shape().dim(a);
    }
    return Rearranged.of(kernel, order).reshape(Shape.of(dims));
  }

  private static String spread(
      KerasCall call, String part, Value x, Tensor kernel, int axes, Optional<String> bias) {
    String weight = call.scope().constant("depthwise_weight", perChannel(kernel));
    return sliding(call, x, kernel, axes)
        .convolution(call.scope(), part, x.tensor(), weight, bias, kernel.shape().dim(axes));
  }

  private static Value depthwise(KerasCall call, Value given, int axes) {
    Value x = call.image(given, axes);
    // Keras 2 and 3 call it by different names.
    String name =
        call.weights().find("depthwise_kernel").isPresent() ? "depthwise_kernel" : "kernel";
    Tensor kernel = kernel(call, name, axes);
    return call.activated(x.with(spread(call, "linear", x, kernel, axes, call.bias())));
  }

  private static Value separable(KerasCall call, Value given, int axes) {
    Value x = call.image(given, axes);
    Tensor kernel = kernel(call, "depthwise_kernel", axes);
    String spread = spread(call, "depthwise", x, kernel, axes, Optional.empty());
    String weight = call.scope().constant("weight", rearranged(call.weight("pointwise_kernel")));
    List<Integer> ones = java.util.Collections.nCopies(axes, 1);
    return call.activated(
        x.with(
            Sliding.inside(ones, ones, ones)
                .convolution(call.scope(), "linear", spread, weight, call.bias(), 1)));
  }

  /** Kernels are [length..., outputs, inputs]. An axis becomes at least stride times as long. */
  private static Value transposed(KerasCall call, Value given, int axes) {
    Value x = call.image(given, axes);
    if (call.settings().has("output_padding")) {
      throw new RefusedLayerException("it has an output_padding");
    }
    Tensor kernel = kernel(call, "kernel", axes);
    String weight = call.scope().constant("weight", rearranged(kernel));
    List<Integer> strides = call.perAxis("strides", axes, 1);
    List<Integer> dilations = call.perAxis("dilation_rate", axes, 1);
    boolean same = call.settings().text("padding", "valid").equals("same");
    List<Integer> lengths = new ArrayList<>();
    List<Integer> before = new ArrayList<>();
    List<Integer> after = new ArrayList<>();
    List<Integer> added = new ArrayList<>();
    for (int a = 0; a < axes; a++) {
      lengths.add(kernel.shape().dim(a));
      int reach = Math.addExact(Math.multiplyExact(lengths.get(a) - 1, dilations.get(a)), 1);
      int total = reach - strides.get(a);
      before.add(same ? Math.max(0, total) / 2 : 0);
      after.add(same ? Math.max(0, total) - Math.max(0, total) / 2 : 0);
      added.add(Math.max(0, -total));
    }
    Sliding sliding = new Sliding(lengths, strides, dilations, before, after);
    return call.activated(
        x.with(sliding.transposed(call.scope(), x.tensor(), weight, call.bias(), added)));
  }
}
