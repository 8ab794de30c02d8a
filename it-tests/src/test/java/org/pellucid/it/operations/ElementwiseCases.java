package org.pellucid.it.operations;

import static org.pellucid.it.operations.CaseWriter.absent;
import static org.pellucid.it.operations.CaseWriter.fixed;
import static org.pellucid.it.operations.CaseWriter.input;

import java.util.List;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** Activations, arithmetic, comparison, logic, casts. */
final class ElementwiseCases {
  private static final int[][] SHAPES = {{}, {7}, {2, 3}, {2, 3, 4, 5}, {1, 2, 3, 2, 2}};

  /** Pairs of shapes that broadcast. */
  private static final int[][][] PAIRS = {
    {{2, 3, 4}, {2, 3, 4}},
    {{2, 3, 4}, {4}},
    {{2, 3, 4}, {3, 1}},
    {{1, 3, 1}, {2, 1, 4}},
    {{}, {2, 3}},
    {{2, 3, 4, 5}, {3, 1, 1}},
  };

  private ElementwiseCases() {}

  static List<OperationCase> all() {
    CaseWriter writer = new CaseWriter(1);
    activations(writer);
    functions(writer);
    clips(writer);
    binaries(writer);
    variadics(writer);
    logic(writer);
    casts(writer);
    return writer.cases();
  }

  private static void unary(CaseWriter writer, int opset, String operator, Object... attributes) {
    for (int[] shape : SHAPES) {
      writer.add(opset, operator, List.of(input(writer.spread(0, 2, shape))), attributes);
    }
  }

  private static void activations(CaseWriter writer) {
    for (int opset : new int[] {7, 13, 14}) {
      unary(writer, opset, "Relu");
    }
    unary(writer, 7, "Sigmoid");
    unary(writer, 13, "Sigmoid");
    unary(writer, 7, "Tanh");
    unary(writer, 13, "Tanh");
    unary(writer, 7, "LeakyRelu");
    unary(writer, 16, "LeakyRelu", "alpha", 0.2f);
    unary(writer, 7, "Elu");
    unary(writer, 7, "Elu", "alpha", 0.3f);
    unary(writer, 22, "Elu", "alpha", 1.5f);
    unary(writer, 7, "Selu");
    unary(writer, 7, "Selu", "alpha", 1.1f, "gamma", 2f);
    unary(writer, 12, "Celu", "alpha", 0.7f);
    unary(writer, 10, "ThresholdedRelu", "alpha", 0.5f);
    unary(writer, 7, "HardSigmoid");
    unary(writer, 7, "HardSigmoid", "alpha", 1f / 6, "beta", 0.5f);
    unary(writer, 14, "HardSwish");
    unary(writer, 18, "Mish");
    unary(writer, 7, "Softplus");
    unary(writer, 7, "Softsign");
    unary(writer, 20, "Gelu");
    unary(writer, 20, "Gelu", "approximate", "tanh");
    unary(writer, 24, "Swish");
    unary(writer, 24, "Swish", "alpha", 1.702f);
    unary(writer, 9, "Shrink");
    unary(writer, 9, "Shrink", "lambd", 1f, "bias", 0.7f);
    unary(writer, 7, "Identity");
    unary(writer, 16, "Identity");
    unary(writer, 7, "Dropout", "ratio", 0.4f);
    unary(writer, 10, "Dropout");
    writer.addSplit(13, "Dropout", 2, List.of(input(writer.normal(2, 3))));
    for (int[] shape : SHAPES) {
      writer.add(
          12,
          "Dropout",
          List.of(
              input(writer.normal(shape)),
              fixed(Tensor.scalar(0.3f)),
              fixed(Tensor.of(Shape.of(), (byte) 0))));
    }
  }

  private static void functions(CaseWriter writer) {
    for (String operator : new String[] {"Exp", "Neg", "Abs"}) {
      unary(writer, 7, operator);
      unary(writer, 13, operator);
    }
    unary(writer, 9, "Erf");
    unary(writer, 13, "Erf");
    unary(writer, 7, "Sin");
    unary(writer, 7, "Cos");
    unary(writer, 7, "Atan");
    unary(writer, 22, "Atan");
    for (int[] shape : SHAPES) {
      writer.add(7, "Log", List.of(input(writer.uniform(0.1, 5, shape))));
      writer.add(13, "Sqrt", List.of(input(writer.uniform(0.1, 5, shape))));
      writer.add(7, "Reciprocal", List.of(input(writer.uniform(0.3, 3, shape))));
      writer.add(9, "Sinh", List.of(input(writer.normal(shape))));
      writer.add(22, "Cosh", List.of(input(writer.normal(shape))));
      writer.add(7, "Tan", List.of(input(writer.uniform(-1.2, 1.2, shape))));
      writer.add(7, "Asin", List.of(input(writer.uniform(-0.95, 0.95, shape))));
      writer.add(22, "Acos", List.of(input(writer.uniform(-0.95, 0.95, shape))));
      writer.add(9, "Asinh", List.of(input(writer.spread(0, 2, shape))));
      writer.add(9, "Acosh", List.of(input(writer.uniform(1.2, 4, shape))));
      writer.add(9, "Atanh", List.of(input(writer.uniform(-0.9, 0.9, shape))));
      writer.add(9, "Sign", List.of(input(writer.normal(shape))));
      writer.add(7, "Floor", List.of(input(writer.spread(0, 3, shape))));
      writer.add(13, "Ceil", List.of(input(writer.spread(0, 3, shape))));
      writer.add(11, "Round", List.of(input(writer.spread(0, 3, shape))));
    }
    Tensor halves = Tensor.of(Shape.of(6), -2.5f, -1.5f, -0.5f, 0.5f, 1.5f, 2.5f);
    writer.addRough(11, "Round", List.of(input(halves)));
    float infinity = Float.POSITIVE_INFINITY;
    Tensor odd = Tensor.of(Shape.of(5), 1f, Float.NaN, infinity, -infinity, Float.MAX_VALUE);
    for (int opset : new int[] {9, 13, 20}) {
      writer.addRough(opset, "IsNaN", List.of(input(odd)));
    }
    for (int opset : new int[] {10, 20}) {
      writer.addRough(opset, "IsInf", List.of(input(odd)));
      writer.addRough(opset, "IsInf", List.of(input(odd)), "detect_positive", 0);
      writer.addRough(opset, "IsInf", List.of(input(odd)), "detect_negative", 0);
      writer.addRough(
          opset, "IsInf", List.of(input(odd)), "detect_negative", 0, "detect_positive", 0);
    }
    Tensor zeros = Tensor.of(Shape.of(4), 0f, -0f, 1f, -1f);
    writer.addRough(9, "Sign", List.of(input(zeros)));
    writer.addRough(7, "Relu", List.of(input(zeros)));
  }

  private static void clips(CaseWriter writer) {
    unary(writer, 7, "Clip");
    unary(writer, 7, "Clip", "min", 0f, "max", 6f);
    unary(writer, 10, "Clip", "min", -1f);
    for (int opset : new int[] {11, 12, 13}) {
      for (int[] shape : SHAPES) {
        CaseWriter.Argument x = input(writer.spread(0, 2, shape));
        writer.add(opset, "Clip", List.of(x));
        writer.add(
            opset, "Clip", List.of(x, fixed(Tensor.scalar(-1f)), fixed(Tensor.scalar(1.5f))));
        writer.add(opset, "Clip", List.of(x, absent(), fixed(Tensor.scalar(0.5f))));
        writer.add(opset, "Clip", List.of(x, fixed(Tensor.scalar(0.5f))));
        writer.add(opset, "Clip", List.of(x, input(Tensor.scalar(-1f)), input(Tensor.scalar(1f))));
      }
    }
    writer.addRough(
        12,
        "Clip",
        List.of(
            input(writer.integers(-9, 9, 3, 4)),
            fixed(Tensor.scalar(-2L)),
            fixed(Tensor.scalar(5L))));
  }

  private static void binaries(CaseWriter writer) {
    for (int[][] pair : PAIRS) {
      for (String operator : new String[] {"Add", "Sub", "Mul"}) {
        for (int opset : new int[] {7, 14}) {
          Tensor a = writer.normal(pair[0]);
          Tensor b = writer.normal(pair[1]);
          writer.add(opset, operator, List.of(input(a), input(b)));
          writer.add(opset, operator, List.of(input(b), fixed(a)));
        }
      }
      writer.add(
          7, "Div", List.of(input(writer.normal(pair[0])), input(writer.uniform(0.5, 2, pair[1]))));
      writer.add(
          13,
          "Div",
          List.of(input(writer.normal(pair[1])), input(writer.uniform(-2, -0.5, pair[0]))));
      writer.add(
          7, "Pow", List.of(input(writer.uniform(0.3, 2, pair[0])), input(writer.normal(pair[1]))));
      writer.add(
          13, "Pow", List.of(input(writer.normal(pair[0])), fixed(writer.integers(1, 3, pair[1]))));
      writer.add(
          10,
          "Mod",
          List.of(input(writer.spread(0, 3, pair[0])), input(writer.uniform(0.7, 2, pair[1]))),
          "fmod",
          1);
      writer.addRough(
          10,
          "Mod",
          List.of(input(writer.integers(-9, 9, pair[0])), input(writer.integers(1, 4, pair[1]))));
      writer.addRough(
          13,
          "Mod",
          List.of(input(writer.integers(-9, 9, pair[0])), input(writer.integers(-4, -1, pair[1]))));
      writer.addRough(
          7,
          "Div",
          List.of(input(writer.integers(-9, 9, pair[0])), input(writer.integers(1, 4, pair[1]))));
    }
    int[] x = {2, 3, 4, 5};
    for (int[] slope : new int[][] {{1}, {3, 1, 1}, {1, 3, 1, 1}, {5}, {3, 4, 5}}) {
      for (int opset : new int[] {7, 9, 16}) {
        writer.add(
            opset,
            "PRelu",
            List.of(input(writer.normal(x)), fixed(writer.uniform(-0.5, 0.5, slope))));
      }
    }
  }

  private static void variadics(CaseWriter writer) {
    for (String operator : new String[] {"Sum", "Mean", "Max", "Min"}) {
      for (int opset : new int[] {8, 13}) {
        for (int[][] pair : PAIRS) {
          CaseWriter.Argument a = input(writer.normal(pair[0]));
          CaseWriter.Argument b = input(writer.normal(pair[1]));
          CaseWriter.Argument c = input(writer.normal(pair[0]));
          writer.add(opset, operator, List.of(a));
          writer.add(opset, operator, List.of(a, b));
          writer.add(opset, operator, List.of(a, b, c));
        }
      }
      CaseWriter.Argument a = input(writer.normal(2, 3));
      CaseWriter.Argument b = input(writer.normal(2, 3));
      writer.add(7, operator, List.of(a, b, a, b));
    }
  }

  private static void logic(CaseWriter writer) {
    for (int[][] pair : PAIRS) {
      for (String operator : new String[] {"Less", "Greater"}) {
        for (int opset : new int[] {7, 9, 13}) {
          writer.addRough(
              opset,
              operator,
              List.of(input(writer.normal(pair[0])), input(writer.normal(pair[1]))));
        }
      }
      for (String operator : new String[] {"LessOrEqual", "GreaterOrEqual"}) {
        for (int opset : new int[] {12, 16}) {
          writer.addRough(
              opset,
              operator,
              List.of(
                  input(writer.integers(0, 3, pair[0])), input(writer.integers(0, 3, pair[1]))));
        }
      }
      writer.addRough(
          7,
          "Equal",
          List.of(input(writer.integers(0, 2, pair[0])), input(writer.integers(0, 2, pair[1]))));
      for (String operator : new String[] {"And", "Or", "Xor"}) {
        writer.addRough(
            7, operator, List.of(input(writer.truths(pair[0])), input(writer.truths(pair[1]))));
      }
      writer.addRough(7, "Not", List.of(input(writer.truths(pair[0]))));
      for (int opset : new int[] {9, 16}) {
        writer.add(
            opset,
            "Where",
            List.of(
                fixed(writer.truths(pair[0])),
                input(writer.normal(pair[1])),
                input(writer.normal(pair[0]))));
      }
    }
  }

  private static void casts(CaseWriter writer) {
    for (int opset : new int[] {9, 13, 19, 21}) {
      for (int type : new int[] {1, 6, 7, 9, 11}) {
        writer.addRough(opset, "Cast", List.of(input(writer.spread(0, 4, 3, 4))), "to", type);
        writer.addRough(opset, "Cast", List.of(input(writer.integers(-3, 3, 5))), "to", type);
        writer.addRough(opset, "Cast", List.of(input(writer.truths(2, 2))), "to", type);
      }
    }
    writer.addRough(
        15, "CastLike", List.of(input(writer.normal(3)), fixed(writer.integers(0, 1, 2))));
    writer.add(15, "CastLike", List.of(input(writer.normal(2, 3)), fixed(writer.normal(1))));
    writer.add(19, "CastLike", List.of(input(writer.normal(4)), input(writer.normal(2))));
  }
}
