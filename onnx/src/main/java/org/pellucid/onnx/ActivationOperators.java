package org.pellucid.onnx;

import java.util.List;
import java.util.function.Function;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Expand;
import org.pellucid.graph.op.Unary;

/** Operators on one tensor, element by element, with parameters in attributes. */
final class ActivationOperators {
  /** The defaults of Selu, as the specification writes them. */
  private static final float SELU_ALPHA = 1.67326319217681884765625f;

  private static final float SELU_GAMMA = 1.05070102214813232421875f;

  private ActivationOperators() {}

  static void register(Operators.Registry registry) {
    simple(registry, "Relu", new Unary.Relu());
    simple(registry, "Sigmoid", new Unary.Sigmoid());
    simple(registry, "HardSwish", new Unary.HardSwish());
    simple(registry, "Mish", new Unary.Mish());
    simple(registry, "Softplus", new Unary.Softplus());
    simple(registry, "Softsign", new Unary.Softsign());
    simple(registry, "Tanh", new Unary.Tanh());
    simple(registry, "Erf", new Unary.Erf());
    simple(registry, "Exp", new Unary.Exp());
    simple(registry, "Log", new Unary.Log());
    simple(registry, "Sqrt", new Unary.Sqrt());
    simple(registry, "Reciprocal", new Unary.Reciprocal());
    simple(registry, "Neg", new Unary.Neg());
    simple(registry, "Abs", new Unary.Abs());
    simple(registry, "Sign", new Unary.Sign());
    simple(registry, "Floor", new Unary.Floor());
    simple(registry, "Ceil", new Unary.Ceil());
    simple(registry, "Round", new Unary.Round());
    simple(registry, "Sin", new Unary.Sin());
    simple(registry, "Cos", new Unary.Cos());
    simple(registry, "Atan", new Unary.Atan());
    simple(registry, "Not", new Unary.Not());
    simple(registry, "Identity", new Unary.Identity());

    with(registry, "LeakyRelu", a -> new Unary.LeakyRelu(a.real("alpha", 0.01f)));
    with(registry, "Elu", a -> new Unary.Elu(a.real("alpha", 1)));
    with(registry, "Celu", a -> new Unary.Celu(a.real("alpha", 1)));
    with(registry, "ThresholdedRelu", a -> new Unary.ThresholdedRelu(a.real("alpha", 1)));
    with(registry, "Swish", a -> new Unary.Swish(a.real("alpha", 1)));
    with(
        registry,
        "HardSigmoid",
        a -> new Unary.HardSigmoid(a.real("alpha", 0.2f), a.real("beta", 0.5f)));
    with(
        registry,
        "Selu",
        a -> new Unary.Selu(a.real("alpha", SELU_ALPHA), a.real("gamma", SELU_GAMMA)));
    with(registry, "Gelu", ActivationOperators::gelu);

    registry.add("Dropout", 1, 3, ActivationOperators::dropout);
    registry.add("Clip", 1, 3, ActivationOperators::clip);
  }

  private static void simple(Operators.Registry registry, String operator, Operation operation) {
    registry.add(operator, 1, 1, node -> node.output(operation, node.input(0)));
  }

  private static void with(
      Operators.Registry registry, String operator, Function<Attributes, Operation> operation) {
    registry.add(
        operator, 1, 1, node -> node.output(operation.apply(node.attributes()), node.input(0)));
  }

  private static Operation gelu(Attributes attributes) {
    String approximation = attributes.text("approximate", "none");
    return switch (approximation) {
      case "none" -> new Unary.Gelu(false);
      case "tanh" -> new Unary.Gelu(true);
      default ->
          throw new IllegalArgumentException(
              "attribute approximate should be none or tanh, found " + approximation);
    };
  }

  /** Does nothing when a model is not being trained. */
  private static void dropout(NodeTranslation node) {
    if (node.has(2) && node.number(2, "training mode") != 0) {
      throw new RefusedNodeException("it is in training mode");
    }
    node.output(new Unary.Identity(), node.input(0));
    if (node.isUsed(1)) {
      // Nothing is dropped.
      String kept = node.constant("kept", Tensor.of(Shape.of(), new byte[] {1}));
      node.output(1, new Expand(node.shape(0)), List.of(kept));
    }
  }

  private static void clip(NodeTranslation node) {
    ElementType type = node.type(0).elementType();
    boolean fixed = (!node.has(1) || node.isConstant(1)) && (!node.has(2) || node.isConstant(2));
    if (type.isFloating() && fixed) {
      double min = bound(node, 1, "min", Float.NEGATIVE_INFINITY);
      double max = bound(node, 2, "max", Float.POSITIVE_INFINITY);
      if (min > max) {
        // The upper bound wins, as in min(max(x, min), max).
        min = max;
      }
      node.output(new Unary.Clip(min, max), node.input(0));
      return;
    }
    // Integers, and bounds that depend on the data.
    String value = node.input(0);
    boolean upper = node.has(2);
    if (node.has(1) && upper) {
      value = node.helper("raised", new Binary.Max(), value, node.input(1));
    } else if (node.has(1)) {
      node.output(new Binary.Max(), value, node.input(1));
      return;
    }
    node.output(
        upper ? new Binary.Min() : new Unary.Identity(),
        upper ? new String[] {value, node.input(2)} : new String[] {value});
  }

  /**
   * A bound from an input (opset 11) or an attribute; the largest float means that there is none.
   */
  private static double bound(NodeTranslation node, int input, String role, float none) {
    double bound = none;
    if (node.has(input)) {
      Tensor value = node.constant(input, role);
      bound = value.size() == 0 ? none : node.number(input, role);
    } else if (node.opset() < 11) {
      bound = node.attributes().real(role, none);
    }
    return Math.abs(bound) >= 0.9999999 * Float.MAX_VALUE
        ? Math.copySign(Double.POSITIVE_INFINITY, bound)
        : bound;
  }
}
