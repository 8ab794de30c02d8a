package org.pellucid.it.operations;

import static org.pellucid.it.operations.CaseWriter.fixed;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.onnx.OnnxModelBuilder;

/** Operators on the bits of known integers, and narrow integers that come from wider numbers. */
final class BitCases {
  private static final int FLOAT = 1;
  private static final int UINT8 = 2;
  private static final int INT8 = 3;
  private static final int INT16 = 5;
  private static final int INT64 = 7;

  private final CaseWriter writer = new CaseWriter(14);
  private final List<OperationCase> cases = new ArrayList<>();

  private BitCases() {}

  static List<OperationCase> all() {
    BitCases bits = new BitCases();
    bits.wide();
    bits.shifts();
    bits.wraps();
    bits.pools();
    List<OperationCase> all = new ArrayList<>(bits.writer.cases());
    all.addAll(bits.cases);
    return all;
  }

  private void wide() {
    for (String operator : new String[] {"BitwiseAnd", "BitwiseOr", "BitwiseXor"}) {
      writer.addRough(
          18,
          operator,
          List.of(fixed(writer.integers(-99, 99, 2, 1, 4)), fixed(writer.integers(-9, 99, 3, 1))));
    }
    writer.addRough(18, "BitwiseNot", List.of(fixed(writer.integers(-99, 99, 5))));
  }

  private void add(
      String name, String operator, int opset, OnnxModelBuilder model, Map<String, Tensor> inputs) {
    inputs.forEach(
        (input, value) ->
            model.inputOf(
                OnnxModelBuilder.typeOf(value),
                input,
                Arrays.stream(value.shape().dims()).boxed().toArray()));
    model.output("y");
    cases.add(
        new OperationCase(
            operator + "-" + opset + " " + name + " #" + cases.size(),
            operator,
            opset,
            model.bytes(),
            inputs,
            false));
  }

  private static OnnxModelBuilder cast(OnnxModelBuilder model, String from, String to, int type) {
    return model.node("Cast", List.of(from), List.of(to), "to", type);
  }

  /** ONNX Runtime shifts unsigned integers. */
  private void shifts() {
    for (String direction : new String[] {"LEFT", "RIGHT"}) {
      OnnxModelBuilder model =
          new OnnxModelBuilder(8, 13)
              .initializer("a", writer.integers(0, 255, 3, 4))
              .initializer("b", writer.integers(0, 7, 4));
      cast(model, "a", "x", UINT8);
      cast(model, "b", "by", UINT8);
      model.node("BitShift", List.of("x", "by"), List.of("shifted"), "direction", direction);
      add(direction, "BitShift", 13, cast(model, "shifted", "y", INT64), Map.of());
    }
    OnnxModelBuilder not = new OnnxModelBuilder(8, 18).initializer("a", writer.integers(0, 255, 9));
    cast(not, "a", "x", UINT8).node("BitwiseNot", List.of("x"), List.of("turned"));
    add("uint8", "BitwiseNot", 18, cast(not, "turned", "y", INT64), Map.of());
  }

  /** Integers beyond what they are cast to, known ones and inputs. */
  private void wraps() {
    Tensor numbers = Tensor.of(Shape.of(8), 0L, -1, 127, 128, 200, -129, 255, 70000);
    for (int type : new int[] {INT8, UINT8, INT16}) {
      OnnxModelBuilder known = new OnnxModelBuilder(8, 13).initializer("x", numbers);
      cast(known, "x", "narrow", type);
      add("known to " + type, "Cast", 13, cast(known, "narrow", "y", INT64), Map.of());
      OnnxModelBuilder given = cast(new OnnxModelBuilder(8, 13), "x", "narrow", type);
      add("input to " + type, "Cast", 13, cast(given, "narrow", "y", INT64), Map.of("x", numbers));
    }
  }

  /** The largest of integers of 8 bits, which are an input's whole numbers. */
  private void pools() {
    OnnxModelBuilder model = cast(new OnnxModelBuilder(8, 13), "x", "bytes", UINT8);
    model.node(
        "MaxPool",
        List.of("bytes"),
        List.of("largest"),
        "kernel_shape",
        new int[] {2, 2},
        "pads",
        new int[] {1, 0, 0, 1});
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    inputs.put("x", writer.uniform(0, 255, 1, 2, 4, 5));
    add("of uint8", "MaxPool", 13, cast(model, "largest", "y", FLOAT), inputs);
  }
}
