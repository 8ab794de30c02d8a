package org.pellucid.onnx;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.graph.Tensor;

/**
 * Writes ONNX models for tests.
 *
 * <pre>{@code
 * byte[] model =
 *     new OnnxModelBuilder(13)
 *         .input("x", 1, 3, 8, 8)
 *         .node("Relu", List.of("x"), List.of("y"))
 *         .output("y")
 *         .bytes();
 * }</pre>
 */
public final class OnnxModelBuilder {
  /** Numbers of element types. */
  public static final int FLOAT = 1;

  /** 64-bit integers. */
  public static final int INT64 = 7;

  /** Truth values. */
  public static final int BOOL = 9;

  private final OnnxMessage model = new OnnxMessage();
  private final OnnxMessage graph = new OnnxMessage();

  /** A model of IR version 8 and an operator set. */
  public OnnxModelBuilder(int opset) {
    this(8, opset);
  }

  /** A model of an IR version and an operator set. */
  public OnnxModelBuilder(int irVersion, int opset) {
    model.number(1, irVersion).text(2, "test");
    model.message(8, new OnnxMessage().number(2, opset));
    graph.text(2, "graph");
  }

  /** The message of the graph, for fields that this class does not know. */
  public OnnxMessage graph() {
    return graph;
  }

  /** The message of the model, for fields that this class does not know. */
  public OnnxMessage model() {
    return model;
  }

  /** A float input; axes are Integers, or Strings where they are open. */
  public OnnxModelBuilder input(String name, Object... axes) {
    return inputOf(FLOAT, name, axes);
  }

  /** An input of another type. */
  public OnnxModelBuilder inputOf(int type, String name, Object... axes) {
    graph.message(11, valueInfo(type, name, axes));
    return this;
  }

  /** An output of which nothing but the name is said. */
  public OnnxModelBuilder output(String name) {
    graph.message(12, new OnnxMessage().text(1, name));
    return this;
  }

  /** An output of a type, with its rank and no lengths. */
  public OnnxModelBuilder outputOf(int type, String name, int rank) {
    Object[] axes = new Object[rank];
    for (int i = 0; i < rank; i++) {
      axes[i] = name + "_" + i;
    }
    graph.message(12, valueInfo(type, name, axes));
    return this;
  }

  private static OnnxMessage valueInfo(int type, String name, Object... axes) {
    OnnxMessage shape = new OnnxMessage();
    for (Object axis : axes) {
      OnnxMessage dim = new OnnxMessage();
      if (axis instanceof Integer length) {
        dim.number(1, length);
      } else {
        dim.text(2, (String) axis);
      }
      shape.message(1, dim);
    }
    OnnxMessage tensor = new OnnxMessage().number(1, type).message(2, shape);
    return new OnnxMessage().text(1, name).message(2, new OnnxMessage().message(1, tensor));
  }

  /** An initializer with raw data. */
  public OnnxModelBuilder initializer(String name, Tensor value) {
    return initializer(tensor(name, value));
  }

  /** An initializer as a message. */
  public OnnxModelBuilder initializer(OnnxMessage tensor) {
    graph.message(5, tensor);
    return this;
  }

  /** A tensor with raw data. */
  public static OnnxMessage tensor(String name, Tensor value) {
    return new OnnxMessage(TensorMessage.inline(name, value));
  }

  /** The number of a tensor's type. */
  public static int typeOf(Tensor value) {
    return OnnxDataType.of(value.elementType()).code();
  }

  /** A node of which only the operator, the tensors and attributes (name, value, ...) matter. */
  public OnnxModelBuilder node(
      String operator, List<String> inputs, List<String> outputs, Object... attributes) {
    return node("", operator, inputs, outputs, attributes);
  }

  /**
   * A node with a name.
   *
   * @param attributes names and values in turn: Integer or Long, Float or Double, String, Tensor,
   *     or an array of int or float
   */
  public OnnxModelBuilder node(
      String name,
      String operator,
      List<String> inputs,
      List<String> outputs,
      Object... attributes) {
    return node(nodeMessage(name, operator, inputs, outputs, attributes));
  }

  /** A node as a message. */
  public OnnxModelBuilder node(OnnxMessage node) {
    graph.message(1, node);
    return this;
  }

  /** The message of a node, to which more can be added. */
  public static OnnxMessage nodeMessage(
      String name,
      String operator,
      List<String> inputs,
      List<String> outputs,
      Object... attributes) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (int i = 0; i < attributes.length; i += 2) {
      values.put((String) attributes[i], widened(attributes[i + 1]));
    }
    return new OnnxMessage(new OnnxCall(operator, values).message(name, inputs, outputs));
  }

  private static Object widened(Object value) {
    if (value instanceof Integer whole) {
      return whole.longValue();
    }
    if (value instanceof Double real) {
      return real.floatValue();
    }
    return value instanceof int[] wholes ? Arrays.stream(wholes).asLongStream().toArray() : value;
  }

  /** The file. */
  public byte[] bytes() {
    OnnxMessage whole = new OnnxMessage().raw(model.toByteArray());
    return whole.message(7, graph).toByteArray();
  }
}
