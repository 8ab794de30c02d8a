package org.pellucid.it.operations;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.onnx.OnnxMessage;
import org.pellucid.onnx.OnnxModelBuilder;

/**
 * Operators that compute in narrow integers, between floats: what goes in is quantised on the way,
 * and what comes out means floats again.
 */
final class IntegerCases {
  private static final int UINT8 = 2;
  private static final int INT8 = 3;
  private static final int INT32 = 6;

  private final CaseWriter writer = new CaseWriter(29);
  private final List<OperationCase> cases = new ArrayList<>();

  private IntegerCases() {}

  static List<OperationCase> all() {
    IntegerCases cases = new IntegerCases();
    for (int n = 0; n < 36; n++) {
      cases.qLinearConv(n);
      cases.convInteger(n);
    }
    cases.stacked();
    cases.pooled();
    for (int opset : new int[] {10, 21}) {
      cases.qLinearMatMuls(opset);
      cases.matMulIntegers(opset);
    }
    for (int opset : new int[] {11, 13, 21}) {
      cases.dynamic(opset);
    }
    return cases.cases;
  }

  private void add(
      String name, String operator, int opset, Map<String, Tensor> inputs, OnnxModelBuilder model) {
    inputs.forEach(
        (input, value) ->
            model.input(input, Arrays.stream(value.shape().dims()).boxed().toArray()));
    model.output("y");
    cases.add(
        new OperationCase(
            operator + "-" + opset + " " + name + " #" + cases.size(),
            operator,
            opset,
            model.bytes(),
            inputs,
            true));
  }

  private static OnnxModelBuilder model(int opset) {
    return new OnnxModelBuilder(opset >= 21 ? 10 : 8, opset);
  }

  /** An initializer of integers. */
  private OnnxMessage integers(String name, int type, int low, int high, int... dims) {
    int width = type == INT32 ? 4 : 1;
    byte[] bytes = new byte[(int) Shape.of(dims).size() * width];
    for (int i = 0; i < bytes.length; i += width) {
      int value = writer.between(low, high);
      for (int b = 0; b < width; b++) {
        bytes[i + b] = (byte) (value >> 8 * b);
      }
    }
    OnnxMessage tensor = new OnnxMessage();
    for (int dim : dims) {
      tensor.number(1, dim);
    }
    return tensor.number(2, type).text(8, name).blob(9, bytes);
  }

  private OnnxMessage any(String name, int type, int... dims) {
    return type == UINT8
        ? integers(name, type, 0, 255, dims)
        : integers(name, type, -128, 127, dims);
  }

  /** A zero point near the middle of the range. */
  private OnnxMessage point(String name, int type, int... dims) {
    int middle = type == UINT8 ? 128 : 0;
    return integers(name, type, middle - 30, middle + 30, dims);
  }

  /** Scales that keep what is quantised clear of the middle between two integers. */
  private Tensor steps(double around, int... dims) {
    return writer.uniform(0.7 * around, 1.3 * around, dims);
  }

  /** "name" quantised as "name_q", with scale "name_s" and zero point "name_z". */
  private void quantise(OnnxModelBuilder model, String name, int type) {
    model.initializer(name + "_s", steps(0.02)).initializer(point(name + "_z", type));
    model.node("QuantizeLinear", List.of(name, name + "_s", name + "_z"), List.of(name + "_q"));
  }

  /** A weight with its scale and zero point; of a scale for each map, the zero point is 0. */
  private void weight(OnnxModelBuilder model, String name, int type, boolean perMap, int... dims) {
    model.initializer(any(name, type, dims));
    if (perMap) {
      model.initializer(name + "_s", steps(0.01, dims[0]));
      int zero = type == UINT8 ? 128 : 0;
      model.initializer(integers(name + "_z", type, zero, zero, dims[0]));
    } else {
      model.initializer(name + "_s", steps(0.01)).initializer(point(name + "_z", type));
    }
  }

  /** The dimensions of x and weight, and the attributes of a convolution. */
  private record Convolution(int[] x, int[] w, Object[] attributes) {}

  private Convolution convolution(int n) {
    int axes = n % 6 == 0 ? 1 : n % 6 == 1 ? 3 : 2;
    int groups = n % 4 == 0 ? 2 : 1;
    int[] x = new int[axes + 2];
    int[] w = new int[axes + 2];
    x[0] = writer.between(1, 2);
    w[1] = writer.between(1, 3);
    x[1] = groups * w[1];
    w[0] = groups * writer.between(1, 2);
    int[] strides = new int[axes];
    int[] dilations = new int[axes];
    int[] pads = new int[2 * axes];
    for (int i = 0; i < axes; i++) {
      w[i + 2] = writer.between(1, 3);
      strides[i] = writer.between(1, 2);
      dilations[i] = writer.between(1, 2);
      pads[i] = writer.between(0, 2);
      pads[i + axes] = writer.between(0, 2);
      x[i + 2] = (w[i + 2] - 1) * dilations[i] + writer.between(1, 4);
    }
    Object[] attributes =
        n % 3 == 0
            ? new Object[] {"group", groups, "auto_pad", "SAME_UPPER", "strides", strides}
            : new Object[] {
              "group", groups, "pads", pads, "strides", strides, "dilations", dilations
            };
    return new Convolution(x, w, attributes);
  }

  private void qLinearConv(int n) {
    Convolution shape = convolution(n);
    int type = n % 2 == 0 ? UINT8 : INT8;
    int weights = n % 4 == 2 ? UINT8 : INT8;
    boolean perMap = n % 5 < 2;
    int opset = new int[] {10, 13, 21}[n % 3];
    OnnxModelBuilder model = model(opset);
    quantise(model, "x", type);
    weight(model, "w", weights, perMap, shape.w());
    model.initializer("y_s", steps(0.05)).initializer(point("y_z", type));
    List<String> inputs =
        new ArrayList<>(List.of("x_q", "x_s", "x_z", "w", "w_s", "w_z", "y_s", "y_z"));
    if (writer.coin()) {
      model.initializer(integers("b", INT32, -3000, 3000, shape.w()[0]));
      inputs.add("b");
    }
    model.node("QLinearConv", inputs, List.of("q"), shape.attributes());
    model.node("DequantizeLinear", List.of("q", "y_s", "y_z"), List.of("y"));
    add(
        Shape.of(shape.x()) + " " + Shape.of(shape.w()) + (perMap ? " per map" : ""),
        "QLinearConv",
        opset,
        Map.of("x", writer.normal(shape.x())),
        model);
  }

  private void convInteger(int n) {
    Convolution shape = convolution(n);
    int opset = new int[] {10, 13, 21}[n % 3];
    OnnxModelBuilder model = model(opset);
    quantise(model, "x", UINT8);
    model.initializer(any("w", UINT8, shape.w()));
    List<String> inputs = new ArrayList<>(List.of("x_q", "w"));
    if (n % 4 > 0) {
      inputs.add("x_z");
    }
    if (n % 4 > 1) {
      model.initializer(point("w_z", UINT8));
      inputs.add("w_z");
    }
    model.node("ConvInteger", inputs, List.of("sums"), shape.attributes());
    model.node("Cast", List.of("sums"), List.of("y"), "to", OnnxModelBuilder.FLOAT);
    add(
        Shape.of(shape.x()) + " " + Shape.of(shape.w()) + " of " + inputs.size(),
        "ConvInteger",
        opset,
        Map.of("x", writer.normal(shape.x())),
        model);
  }

  /** One convolution behind another; the second reads what the first means. */
  private void stacked() {
    for (int type : new int[] {UINT8, INT8}) {
      OnnxModelBuilder model = model(13);
      quantise(model, "x", type);
      weight(model, "w", INT8, true, 4, 2, 3, 3);
      weight(model, "v", INT8, false, 3, 4, 1, 1);
      model.initializer("h_s", steps(0.05)).initializer(point("h_z", type));
      model.initializer("y_s", steps(0.1)).initializer(point("y_z", type));
      model.node(
          "QLinearConv",
          List.of("x_q", "x_s", "x_z", "w", "w_s", "w_z", "h_s", "h_z"),
          List.of("h_q"));
      model.node(
          "QLinearConv",
          List.of("h_q", "h_s", "h_z", "v", "v_s", "v_z", "y_s", "y_z"),
          List.of("q"));
      model.node("DequantizeLinear", List.of("q", "y_s", "y_z"), List.of("y"));
      add("stacked", "QLinearConv", 13, Map.of("x", writer.normal(1, 2, 5, 5)), model);
    }
  }

  /** Integers that go through other operators, and mean something else behind. */
  private void pooled() {
    OnnxModelBuilder model = model(13);
    quantise(model, "x", UINT8);
    weight(model, "w", INT8, true, 4, 2, 3, 3);
    model.initializer("h_s", steps(0.05)).initializer(point("h_z", UINT8));
    model.initializer("z_s", steps(0.3)).initializer(point("z_z", UINT8));
    model.node(
        "QLinearConv",
        List.of("x_q", "x_s", "x_z", "w", "w_s", "w_z", "h_s", "h_z"),
        List.of("h_q"));
    model.node(
        "MaxPool",
        List.of("h_q"),
        List.of("pooled"),
        "kernel_shape",
        new int[] {2, 2},
        "strides",
        new int[] {1, 1});
    model.node("DequantizeLinear", List.of("pooled", "h_s", "h_z"), List.of("a"));
    model.node("DequantizeLinear", List.of("h_q", "z_s", "z_z"), List.of("b"));
    model.node("ReduceMean", List.of("b"), List.of("m"), "axes", new int[] {2, 3}, "keepdims", 1);
    model.node("Add", List.of("a", "m"), List.of("y"));
    add("pooled", "QLinearConv", 13, Map.of("x", writer.normal(1, 2, 6, 6)), model);
  }

  private void qLinearMatMuls(int opset) {
    int[][][] pairs = {{{3, 4}, {4, 5}}, {{2, 3, 4}, {4, 5}}, {{2, 3, 4}, {2, 4, 5}}};
    for (int[][] pair : pairs) {
      for (int type : new int[] {UINT8, INT8}) {
        for (boolean both : new boolean[] {false, true}) {
          OnnxModelBuilder model = model(opset);
          quantise(model, "x", type);
          if (both) {
            quantise(model, "w", type);
          } else {
            model.initializer(any("w_q", type, pair[1]));
            model.initializer("w_s", steps(0.01)).initializer(point("w_z", type));
          }
          model.initializer("y_s", steps(0.05)).initializer(point("y_z", type));
          model.node(
              "QLinearMatMul",
              List.of("x_q", "x_s", "x_z", "w_q", "w_s", "w_z", "y_s", "y_z"),
              List.of("q"));
          model.node("DequantizeLinear", List.of("q", "y_s", "y_z"), List.of("y"));
          Map<String, Tensor> inputs =
              both
                  ? new TreeMap<>(Map.of("x", writer.normal(pair[0]), "w", writer.normal(pair[1])))
                  : Map.of("x", writer.normal(pair[0]));
          add(
              Shape.of(pair[0]) + " " + Shape.of(pair[1]) + (both ? " of data" : ""),
              "QLinearMatMul",
              opset,
              inputs,
              model);
        }
      }
    }
    // A scale for each column.
    OnnxModelBuilder model = model(opset);
    quantise(model, "x", UINT8);
    model.initializer(any("w", INT8, 4, 5)).initializer("w_s", steps(0.01, 5));
    model.initializer(integers("w_z", INT8, 0, 0, 5));
    model.initializer("y_s", steps(0.05)).initializer(point("y_z", UINT8));
    model.node(
        "QLinearMatMul",
        List.of("x_q", "x_s", "x_z", "w", "w_s", "w_z", "y_s", "y_z"),
        List.of("q"));
    model.node("DequantizeLinear", List.of("q", "y_s", "y_z"), List.of("y"));
    add("per column", "QLinearMatMul", opset, Map.of("x", writer.normal(3, 4)), model);
  }

  private void matMulIntegers(int opset) {
    for (int kind = 0; kind < 4; kind++) {
      for (int type : new int[] {UINT8, INT8}) {
        OnnxModelBuilder model = model(opset);
        quantise(model, "x", UINT8);
        model.initializer(any("w", type, 4, 5));
        List<String> inputs = new ArrayList<>(List.of("x_q", "w"));
        if (kind > 0) {
          inputs.add("x_z");
        }
        if (kind > 1) {
          inputs.add("w_z");
          model.initializer(kind == 2 ? point("w_z", type) : point("w_z", type, 5));
        }
        model.node("MatMulInteger", inputs, List.of("sums"));
        model.node("Cast", List.of("sums"), List.of("y"), "to", OnnxModelBuilder.FLOAT);
        add("kind " + kind, "MatMulInteger", opset, Map.of("x", writer.normal(2, 3, 4)), model);
      }
    }
    // The sums meet integers, and are cast once more.
    OnnxModelBuilder model = model(opset);
    quantise(model, "x", UINT8);
    model.initializer(any("w", INT8, 4, 5)).initializer(integers("b", INT32, -900, 900, 5));
    model.node("MatMulInteger", List.of("x_q", "w", "x_z"), List.of("sums"));
    model.node("Add", List.of("sums", "b"), List.of("moved"));
    model.node("Cast", List.of("moved"), List.of("wide"), "to", OnnxModelBuilder.INT64);
    model.node("Cast", List.of("wide"), List.of("y"), "to", OnnxModelBuilder.FLOAT);
    add("with integers", "MatMulInteger", opset, Map.of("x", writer.normal(3, 4)), model);
  }

  /** As the dynamic quantiser of ONNX Runtime writes it. */
  private void dynamic(int opset) {
    Tensor[] inputs = {
      writer.normal(2, 3),
      writer.uniform(1, 3, 3, 4),
      writer.uniform(-3, -1, 5),
      writer.normal(1, 2, 4, 4),
      writer.normal(),
      Tensor.of(Shape.of(2, 2), new float[4]),
    };
    for (Tensor x : inputs) {
      OnnxModelBuilder model = model(opset);
      model.node("DynamicQuantizeLinear", List.of("x"), List.of("q", "s", "z"));
      model.node("DequantizeLinear", List.of("q", "s", "z"), List.of("y"));
      add(x.shape().toString(), "DynamicQuantizeLinear", opset, Map.of("x", x), model);
    }
    OnnxModelBuilder model = model(opset);
    model.initializer(any("v", INT8, 4, 5)).initializer("w_s", steps(0.01));
    model.node("DynamicQuantizeLinear", List.of("x"), List.of("q", "s", "z"));
    model.node("MatMulInteger", List.of("q", "v", "z"), List.of("sums"));
    model.node("Cast", List.of("sums"), List.of("wide"), "to", OnnxModelBuilder.FLOAT);
    model.node("Mul", List.of("s", "w_s"), List.of("steps"));
    model.node("Mul", List.of("wide", "steps"), List.of("y"));
    add(
        "with MatMulInteger",
        "DynamicQuantizeLinear",
        opset,
        Map.of("x", writer.normal(3, 4)),
        model);
  }
}
