package org.pellucid.importer.dl4j;

import java.util.Map;
import java.util.TreeMap;
import org.pellucid.graph.Operation;
import org.pellucid.graph.op.Softmax;
import org.pellucid.graph.op.Unary;

/** The activation functions of DL4J. */
final class Dl4jActivations {
  private static final String PACKAGE = "org.nd4j.linalg.activations.impl.Activation";

  /** SELU's constants (Klambauer et al., arXiv 1706.02515). */
  private static final double SELU_ALPHA = 1.6732632423543772;

  private static final double SELU_GAMMA = 1.0507009873554805;

  private static final Map<String, Function> TABLE = new TreeMap<>();

  /** Writes a function. */
  private interface Function {
    Value of(LayerScope scope, Settings settings, Value x);
  }

  static {
    plain("HardSigmoid", new Unary.HardSigmoid(0.2, 0.5));
    plain("HardTanH", new Unary.Clip(-1, 1));
    plain("ReLU6", new Unary.Clip(0, 6));
    plain("Sigmoid", new Unary.Sigmoid());
    plain("SoftPlus", new Unary.Softplus());
    plain("SoftSign", new Unary.Softsign());
    plain("TanH", new Unary.Tanh());
    plain("SELU", new Unary.Selu(SELU_ALPHA, SELU_GAMMA));
    plain("Swish", new Unary.Swish(1));
    plain("Mish", new Unary.Mish());
    TABLE.put("Identity", (scope, settings, x) -> x);
    TABLE.put("Cube", (scope, settings, x) -> Activations.cube(scope, x));
    TABLE.put("RectifiedTanh", (scope, settings, x) -> Activations.rectifiedTanh(scope, x));
    TABLE.put("RationalTanh", (scope, settings, x) -> Activations.rationalTanh(scope, x));
    TABLE.put("ELU", (s, set, x) -> Activations.of(s, x, new Unary.Elu(set.number("alpha", 1))));
    TABLE.put(
        "LReLU",
        (s, set, x) -> Activations.of(s, x, new Unary.LeakyRelu(set.number("alpha", 0.01))));
    TABLE.put(
        "ThresholdedReLU",
        (s, set, x) -> Activations.of(s, x, new Unary.ThresholdedRelu(set.number("theta", 1))));
    TABLE.put(
        "ReLU",
        (scope, settings, x) ->
            Activations.thresholdRelu(
                scope,
                x,
                settings.number("negativeSlope", 0),
                settings.number("threshold", 0),
                settings.number("max", Double.POSITIVE_INFINITY)));
    TABLE.put("GELU", Dl4jActivations::gelu);
    TABLE.put("Softmax", Dl4jActivations::softmax);
  }

  private Dl4jActivations() {}

  private static void plain(String name, Operation operation) {
    TABLE.put(name, (scope, settings, x) -> Activations.of(scope, x, operation));
  }

  /** Writes an activation function. */
  static Value apply(LayerScope scope, Settings settings, Value x) {
    String type = settings.text("@class");
    Function function =
        type.startsWith(PACKAGE) ? TABLE.get(type.substring(PACKAGE.length())) : null;
    if (function == null) {
      throw new RefusedLayerException(
          "its activation function is " + type + "; there are " + TABLE.keySet());
    }
    scope.source(type.substring(PACKAGE.length()));
    return function.of(scope, settings, x);
  }

  private static Value gelu(LayerScope scope, Settings settings, Value x) {
    return settings.flag("precise", false)
        ? Activations.nd4jGelu(scope, x)
        : Activations.sigmoidGelu(scope, x);
  }

  private static Value softmax(LayerScope scope, Settings settings, Value x) {
    // Over the last axis, whatever it stands for: of images with channels first, their columns.
    return Activations.of(scope, x, new Softmax(scope.axis(x, -1)));
  }
}
