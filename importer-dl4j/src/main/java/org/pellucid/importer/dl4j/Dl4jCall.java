package org.pellucid.importer.dl4j;

import java.util.List;
import java.util.Optional;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.Tensor;

/**
 * A layer of DL4J that is to be written.
 *
 * @param scope where its nodes go
 * @param settings how it is configured
 * @param weights the network's, from the layer's own on
 */
record Dl4jCall(LayerScope scope, Settings settings, Coefficients weights) {
  /** The same layer configured by a part of its settings. */
  Dl4jCall inside(Settings part) {
    return new Dl4jCall(scope, part, weights);
  }

  int inputs() {
    return positive("nin");
  }

  int outputs() {
    return positive("nout");
  }

  int positive(String name) {
    int value = settings.whole(name);
    if (value < 1) {
      throw new MalformedInputException("\"" + name + "\" should be at least 1, found " + value);
    }
    return value;
  }

  /**
   * @throws MalformedInputException if the input has another number of channels than configured
   */
  void requireChannels(Value x) {
    if (scope.shape(x).rank() < 2 || scope.shape(x).dim(1) != inputs()) {
      throw new MalformedInputException(
          "it takes " + inputs() + " channels, found the shape " + scope.shape(x));
    }
  }

  /**
   * @throws RefusedLayerException if the order of axes that a setting names is not the input's
   */
  void requireFormat(String setting, Value x) {
    String format = settings.text(setting, x.channelsLast() ? "C" : "");
    if (scope.shape(x).rank() > 2 && format.endsWith("C") != x.channelsLast()) {
      throw new RefusedLayerException(
          "its data format is "
              + format
              + " and its input has channels "
              + (x.channelsLast() ? "last" : "first"));
    }
  }

  /** Weights as a constant of the graph. */
  String weight(String part, int... dims) {
    return scope.constant(part, weights.take(dims));
  }

  String constant(String part, Tensor value) {
    return scope.constant(part, value);
  }

  /** The bias, if there is one: it stands before or after the weights. */
  Optional<String> bias(int outputs) {
    return settings.flag("hasBias", true) ? Optional.of(weight("bias", outputs)) : Optional.empty();
  }

  /** What the layer's activation function makes of a value. */
  Value activated(Value x) {
    return settings.has("activationFn")
        ? Dl4jActivations.apply(scope, settings.settings("activationFn"), x)
        : x;
  }

  /** Numbers of a setting, one per spatial axis. */
  List<Integer> perAxis(String name, int axes) {
    List<Integer> values = settings.wholes(name);
    if (values.size() < axes) {
      throw new MalformedInputException(
          "\"" + name + "\" should have " + axes + " numbers, found " + values);
    }
    return values.subList(0, axes);
  }

  /** How the layer's window slides over its input. */
  Sliding sliding(Value x, int axes) {
    List<Integer> kernel = perAxis("kernelSize", axes);
    List<Integer> strides = perAxis("stride", axes);
    List<Integer> dilations = perAxis("dilation", axes);
    String mode = settings.text("convolutionMode", "Truncate");
    return switch (mode) {
      case "Same" -> Sliding.same(kernel, strides, dilations, scope.shape(x));
      case "Causal" -> Sliding.causal(kernel, strides, dilations);
      case "Truncate", "Strict" ->
          Sliding.padded(kernel, strides, dilations, perAxis("padding", axes));
      default -> throw new RefusedLayerException("its convolution mode is " + mode);
    };
  }
}
