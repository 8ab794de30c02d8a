package org.pellucid.importer.dl4j;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * A layer of Keras that is to be written.
 *
 * @param scope where its nodes go
 * @param settings how it is configured
 * @param weights the layer's own
 * @param version the major version of Keras
 */
record KerasCall(LayerScope scope, Settings settings, Weights weights, int version) {
  /** The weights of a layer, by the end of their names: {@code "kernel"}. */
  interface Weights {
    Optional<Tensor> find(String name);
  }

  /** A weight that must be there. */
  Tensor weight(String name) {
    return weights
        .find(name)
        .orElseThrow(() -> new MalformedInputException("its weight \"" + name + "\" is missing"));
  }

  /** The bias as a constant, if there is one. */
  Optional<String> bias() {
    return settings.flag("use_bias", true)
        ? Optional.of(scope.constant("bias", weight("bias")))
        : Optional.empty();
  }

  /** Whether the layer has channels last. */
  boolean channelsLast() {
    String format = settings.text("data_format", "channels_last");
    return switch (format) {
      case "channels_last" -> true;
      case "channels_first" -> false;
      default -> throw new RefusedLayerException("its data format is " + format);
    };
  }

  /** A value with its channels where the layer expects them, of so many spatial axes. */
  Value image(Value x, int axes) {
    scope.requireRank(x, axes + 2);
    return ordered(x, channelsLast());
  }

  /** A value whose last or second axis, as asked for, is axis 1 of its tensor. */
  Value ordered(Value x, boolean last) {
    return x.channelsLast() == last ? x : scope.fromOwnOrder(scope.inOwnOrder(x), last);
  }

  /** What the layer's activation function makes of a value. */
  Value activated(Value x) {
    return settings.has("activation") ? KerasActivations.apply(this, "activation", x) : x;
  }

  /** How a window of the layer slides over its input. */
  Sliding sliding(Value x, List<Integer> kernel, List<Integer> strides, List<Integer> dilations) {
    String padding = settings.text("padding", "valid");
    return switch (padding) {
      case "valid" -> Sliding.inside(kernel, strides, dilations);
      case "same" -> Sliding.same(kernel, strides, dilations, scope.shape(x));
      case "causal" -> Sliding.causal(kernel, strides, dilations);
      default -> throw new RefusedLayerException("its padding is " + padding);
    };
  }

  /** Numbers of a setting, one per axis, where a single one counts for all. */
  List<Integer> perAxis(String name, int axes, int otherwise) {
    if (!settings.has(name)) {
      return java.util.Collections.nCopies(axes, otherwise);
    }
    List<Integer> values = settings.wholes(name, axes);
    if (values.size() != axes) {
      throw new MalformedInputException(
          "\"" + name + "\" should have " + axes + " numbers, found " + values);
    }
    return values;
  }

  /** A weight per channel as it broadcasts over a tensor whose channels are its axis 1. */
  Tensor perChannel(Tensor weight, int rank) {
    if (weight.shape().rank() != 1) {
      throw new MalformedInputException("a weight per channel has the shape " + weight.shape());
    }
    int[] dims = IntStream.range(0, rank).map(a -> a == 1 ? weight.size() : 1).toArray();
    return weight.reshape(Shape.of(dims));
  }
}
