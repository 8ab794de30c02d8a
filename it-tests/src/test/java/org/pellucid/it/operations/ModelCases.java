package org.pellucid.it.operations;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.onnx.OnnxMessage;
import org.pellucid.onnx.OnnxModelBuilder;

/**
 * Operators that a model of one node with float inputs does not show: branches, narrow integers.
 */
final class ModelCases {
  private static final int INT8 = 3;
  private static final int UINT8 = 2;
  private static final int INT32 = 6;
  private static final int UINT4 = 21;
  private static final int INT4 = 22;

  private final List<OperationCase> cases = new ArrayList<>();
  private final Random random = new Random(11);

  private ModelCases() {}

  static List<OperationCase> all() {
    ModelCases cases = new ModelCases();
    for (int opset : new int[] {7, 11, 13, 16, 19, 21}) {
      cases.branch(opset, true);
      cases.branch(opset, false);
    }
    for (int opset : new int[] {10, 13, 19, 21, 23}) {
      cases.dequantized(opset, "scalar", new int[] {2, 3}, INT8, new int[0]);
      cases.dequantized(opset, "scalar without zero", new int[] {2, 3}, -INT8, new int[0]);
      cases.dequantized(opset, "unsigned", new int[] {2, 3}, UINT8, new int[0]);
      cases.dequantized(opset, "int32", new int[] {2, 3}, -INT32, new int[0]);
      cases.quantized(opset, "scalar", UINT8, new int[0]);
      cases.quantized(opset, "signed", INT8, new int[0]);
      cases.quantized(opset, "default type", -UINT8, new int[0]);
      if (opset >= 13) {
        cases.dequantized(opset, "per axis 0", new int[] {3, 2, 2}, INT8, new int[] {3}, "axis", 0);
        cases.dequantized(
            opset, "per axis -1", new int[] {3, 2, 4}, UINT8, new int[] {4}, "axis", -1);
        cases.quantized(opset, "per axis", INT8, new int[] {3}, "axis", 1);
      }
      cases.activation(opset, UINT8);
      cases.activation(opset, INT8);
      if (opset >= 21) {
        cases.activation(opset, INT4);
        cases.dequantized(opset, "4 bits", new int[] {3, 3}, UINT4, new int[0]);
        cases.dequantized(
            opset, "4 bits per axis", new int[] {3, 5}, INT4, new int[] {3}, "axis", 0);
        cases.dequantized(
            opset,
            "in blocks",
            new int[] {4, 6},
            INT8,
            new int[] {4, 2},
            "axis",
            1,
            "block_size",
            3);
      }
    }
    return cases.cases;
  }

  private void add(
      String name, String operator, int opset, int[] dims, UnaryOperator<OnnxModelBuilder> model) {
    OnnxModelBuilder builder = new OnnxModelBuilder(opset >= 21 ? 10 : 8, opset);
    builder.input("x", Arrays.stream(dims).boxed().toArray()).output("y");
    cases.add(
        new OperationCase(
            operator + "-" + opset + " " + name,
            operator,
            opset,
            model.apply(builder).bytes(),
            Map.of("x", normal(dims)),
            true));
  }

  private Tensor normal(int... dims) {
    float[] elements = new float[(int) Shape.of(dims).size()];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (float) random.nextGaussian();
    }
    return Tensor.of(Shape.of(dims), elements);
  }

  /** A branch that reads x from around it, and a weight of its own. */
  private void branch(int opset, boolean chosen) {
    OnnxMessage then = new OnnxMessage().text(2, "then");
    then.message(5, OnnxModelBuilder.tensor("w", normal(3)));
    then.message(1, OnnxModelBuilder.nodeMessage("", "Mul", List.of("h", "w"), List.of("scaled")));
    then.message(12, new OnnxMessage().text(1, "scaled"));
    OnnxMessage otherwise = new OnnxMessage().text(2, "else");
    otherwise.message(
        1, OnnxModelBuilder.nodeMessage("", "Sub", List.of("h", "x"), List.of("moved")));
    otherwise.message(12, new OnnxMessage().text(1, "moved"));
    OnnxMessage node =
        OnnxModelBuilder.nodeMessage("choice", "If", List.of("truth"), List.of("y"))
            .message(5, graph("then_branch", then))
            .message(5, graph("else_branch", otherwise));
    Tensor truth = Tensor.of(Shape.of(), (byte) (chosen ? 1 : 0));
    add(
        chosen ? "then" : "else",
        "If",
        opset,
        new int[] {2, 3},
        model ->
            model
                .node("Constant", List.of(), List.of("truth"), "value", truth)
                .node("Tanh", List.of("x"), List.of("h"))
                .node(node));
  }

  private static OnnxMessage graph(String name, OnnxMessage graph) {
    return new OnnxMessage().text(1, name).number(20, 5).message(6, graph);
  }

  /** Integers of 8 bits, or of 32, by the ends of their range and between. */
  private OnnxMessage integers(String name, int type, int... dims) {
    int width = type == INT32 ? 4 : 1;
    int size = (int) Shape.of(dims).size();
    byte[] bytes = new byte[type >= UINT4 ? (size + 1) / 2 : size * width];
    random.nextBytes(bytes);
    if (bytes.length > 2 && width == 1) {
      bytes[0] = -128;
      bytes[1] = 127;
    }
    for (int i = 0; i < bytes.length && width == 4; i += 4) {
      // Within 24 bits: a float32 holds them exactly.
      bytes[i + 3] = (byte) (bytes[i + 2] >> 7);
    }
    OnnxMessage tensor = new OnnxMessage();
    for (int dim : dims) {
      tensor.number(1, dim);
    }
    return tensor.number(2, type).text(8, name).blob(9, bytes);
  }

  /** x times weights that are stored as integers: a negative type has no zero point. */
  private void dequantized(
      int opset, String name, int[] dims, int type, int[] scales, Object... attributes) {
    Tensor scale = normal(scales);
    OnnxMessage weights = integers("q", Math.abs(type), dims);
    OnnxMessage zero = integers("zero", Math.abs(type), scales);
    boolean shifted = type > 0;
    add(
        name,
        "DequantizeLinear",
        opset,
        dims,
        model -> {
          model.initializer(weights).initializer("scale", scale);
          if (shifted) {
            model.initializer(zero);
          }
          return model
              .node(
                  "DequantizeLinear",
                  shifted ? List.of("q", "scale", "zero") : List.of("q", "scale"),
                  List.of("w"),
                  attributes)
              .node("Mul", List.of("w", "x"), List.of("y"));
        });
  }

  /**
   * x itself goes through narrow integers, some of it beyond their range; the rest is clear of the
   * middle between two of them, where float32 and float64 may round to either side.
   */
  private void activation(int opset, int type) {
    OnnxMessage zero = integers("zero", type);
    Tensor scale = Tensor.scalar(type == INT4 ? 0.4f : 0.017f);
    add(
        "of an activation, type " + type,
        "QuantizeLinear",
        opset,
        new int[] {2, 3},
        model ->
            model
                .initializer("scale", scale)
                .initializer(zero)
                .node("Tanh", List.of("x"), List.of("h"))
                .node("QuantizeLinear", List.of("h", "scale", "zero"), List.of("q"))
                .node("DequantizeLinear", List.of("q", "scale", "zero"), List.of("y")));
  }

  /** x times weights that go through narrow integers, some beyond their range. */
  private void quantized(int opset, String name, int type, int[] scales, Object... attributes) {
    int[] dims = {2, 3};
    float[] steps = new float[(int) Shape.of(scales).size()];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = 0.01f + 0.01f * random.nextFloat();
    }
    Tensor scale = Tensor.of(Shape.of(scales), steps);
    OnnxMessage zero = integers("zero", Math.abs(type), scales);
    Tensor weights = normal(dims);
    boolean shifted = type > 0;
    add(
        name,
        "QuantizeLinear",
        opset,
        dims,
        model -> {
          model.initializer("w", weights).initializer("scale", scale);
          if (shifted) {
            model.initializer(zero);
          }
          List<String> more = shifted ? List.of("scale", "zero") : List.of("scale");
          return model
              .node("QuantizeLinear", joined("w", more), List.of("q"), attributes)
              .node("DequantizeLinear", joined("q", more), List.of("v"), attributes)
              .node("Mul", List.of("v", "x"), List.of("y"));
        });
  }

  private static List<String> joined(String first, List<String> more) {
    List<String> joined = new ArrayList<>(List.of(first));
    joined.addAll(more);
    return joined;
  }
}
