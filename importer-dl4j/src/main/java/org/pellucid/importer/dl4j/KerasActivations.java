package org.pellucid.importer.dl4j;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import org.pellucid.graph.op.LogSoftmax;
import org.pellucid.graph.op.Softmax;
import org.pellucid.graph.op.Unary;

/** The activation functions of Keras. */
final class KerasActivations {
  /** SELU's constants (Klambauer et al., arXiv 1706.02515). */
  private static final double SELU_ALPHA = 1.6732632423543772;

  private static final double SELU_GAMMA = 1.0507009873554805;

  private KerasActivations() {}

  /** Writes the function that a setting names. */
  static Value apply(KerasCall call, String setting, Value x) {
    String name = name(call.settings().find(setting).orElseThrow());
    if (name.equals("linear")) {
      return x;
    }
    LayerScope scope = call.scope();
    scope.source(name);
    return switch (name) {
      case "relu" -> Activations.of(scope, x, new Unary.Relu());
      case "relu6" -> Activations.of(scope, x, new Unary.Clip(0, 6));
      case "leaky_relu" -> Activations.of(scope, x, new Unary.LeakyRelu(0.2));
      case "elu" -> Activations.of(scope, x, new Unary.Elu(1));
      case "selu" -> Activations.of(scope, x, new Unary.Selu(SELU_ALPHA, SELU_GAMMA));
      case "celu" -> Activations.of(scope, x, new Unary.Celu(1));
      case "softplus" -> Activations.of(scope, x, new Unary.Softplus());
      case "softsign" -> Activations.of(scope, x, new Unary.Softsign());
      case "tanh" -> Activations.of(scope, x, new Unary.Tanh());
      case "sigmoid" -> Activations.of(scope, x, new Unary.Sigmoid());
      // Another slope since Keras 3.
      case "hard_sigmoid" ->
          Activations.of(scope, x, new Unary.HardSigmoid(call.version() < 3 ? 0.2 : 1 / 6.0, 0.5));
      case "hard_silu", "hard_swish" -> Activations.of(scope, x, new Unary.HardSwish());
      case "exponential" -> Activations.of(scope, x, new Unary.Exp());
      case "gelu" -> Activations.of(scope, x, new Unary.Gelu(false));
      case "swish", "silu" -> Activations.of(scope, x, new Unary.Swish(1));
      case "mish" -> Activations.of(scope, x, new Unary.Mish());
      case "softmax" -> Activations.of(scope, x, new Softmax(scope.axis(x, -1)));
      case "log_softmax" -> Activations.of(scope, x, new LogSoftmax(scope.axis(x, -1)));
      default ->
          throw new RefusedLayerException("the activation function " + name + " is not supported");
    };
  }

  /** A name, or an object that stands for a function by its name. */
  private static String name(JsonElement element) {
    if (element instanceof JsonObject object) {
      Settings settings = Settings.of(object);
      String type = settings.text("class_name", "");
      if (!type.equals("function")) {
        throw new RefusedLayerException("its activation function is a layer of type " + type);
      }
      return settings.text("config");
    }
    return Settings.text("activation", element);
  }
}
