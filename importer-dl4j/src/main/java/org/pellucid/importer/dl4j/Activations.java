package org.pellucid.importer.dl4j;

import org.pellucid.graph.Operation;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Unary;

/** Activation functions that are composed of operations, alike in both formats. */
final class Activations {
  private Activations() {}

  /** A function that is one operation. */
  static Value of(LayerScope scope, Value x, Operation function) {
    return x.with(scope.node("activation", function, x.tensor()));
  }

  /** x^3. */
  static Value cube(LayerScope scope, Value x) {
    String square = scope.node("square", new Binary.Mul(), x.tensor(), x.tensor());
    return x.with(scope.node("activation", new Binary.Mul(), square, x.tensor()));
  }

  /** max(0, tanh(x)). */
  static Value rectifiedTanh(LayerScope scope, Value x) {
    String tanh = scope.node("tanh", new Unary.Tanh(), x.tensor());
    return x.with(scope.node("activation", new Unary.Relu(), tanh));
  }

  /**
   * 1.7159 t(2 x / 3), t being the rational approximation {@code sign(y) (1 - 1 / (1 + |y| + y^2 +
   * 1.41645 y^4))} of tanh.
   */
  static Value rationalTanh(LayerScope scope, Value x) {
    String y = scope.node("scaled", new Unary.Affine(2 / 3.0, 0), x.tensor());
    String size = scope.node("size", new Unary.Abs(), y);
    String square = scope.node("square", new Binary.Mul(), y, y);
    String inner = scope.node("quartic", new Unary.Affine(1.41645, 1), square);
    String even = scope.node("even", new Binary.Mul(), square, inner);
    String sum = scope.node("sum", new Binary.Add(), size, even);
    String inverse =
        scope.node(
            "inverse", new Unary.Reciprocal(), scope.node("one", new Unary.Affine(1, 1), sum));
    String grown = scope.node("grown", new Unary.Affine(-1.7159, 1.7159), inverse);
    String sign = scope.node("sign", new Unary.Sign(), y);
    return x.with(scope.node("activation", new Binary.Mul(), sign, grown));
  }

  /**
   * x up to a maximum where x reaches the threshold, and below it a line of some slope that is 0 at
   * the threshold.
   */
  static Value thresholdRelu(
      LayerScope scope, Value x, double slope, double threshold, double most) {
    if (threshold == 0) {
      Value bent = of(scope, x, slope == 0 ? new Unary.Relu() : new Unary.LeakyRelu(slope));
      return Double.isInfinite(most)
          ? bent
          : of(scope, bent, new Unary.Clip(Double.NEGATIVE_INFINITY, most));
    }
    String kept = scope.node("kept", new Unary.ThresholdedRelu(threshold), x.tensor());
    Value result = x.with(kept);
    if (slope != 0) {
      String beyond = scope.node("beyond", new Unary.Affine(slope, -slope * threshold), x.tensor());
      String below =
          scope.node(
              "below",
              slope > 0
                  ? new Unary.Clip(Double.NEGATIVE_INFINITY, 0)
                  : new Unary.Clip(0, Double.POSITIVE_INFINITY),
              beyond);
      result = x.with(scope.node("activation", new Binary.Add(), kept, below));
    }
    return Double.isInfinite(most)
        ? result
        : of(scope, result, new Unary.Clip(Double.NEGATIVE_INFINITY, most));
  }

  /** x sigmoid(1.702 x). */
  static Value sigmoidGelu(LayerScope scope, Value x) {
    return of(scope, x, new Unary.Swish(1.702));
  }

  /**
   * x (1 + tanh(u)) / 2 with {@code u = sqrt(2 / pi) (x + (0.044715 x)^3)}: ND4J cubes the factor
   * along with x, other than the approximation that it is named after.
   */
  static Value nd4jGelu(LayerScope scope, Value x) {
    // (1 + tanh(u)) / 2 = sigmoid(2 u).
    double k = 2 * Math.sqrt(2 / Math.PI);
    String square = scope.node("square", new Binary.Mul(), x.tensor(), x.tensor());
    String inner = scope.node("inner", new Unary.Affine(k * Math.pow(0.044715, 3), k), square);
    String exponent = scope.node("exponent", new Binary.Mul(), x.tensor(), inner);
    String gate = scope.node("gate", new Unary.Sigmoid(), exponent);
    return x.with(scope.node("activation", new Binary.Mul(), x.tensor(), gate));
  }
}
