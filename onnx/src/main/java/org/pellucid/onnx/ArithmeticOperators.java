package org.pellucid.onnx;

import java.util.List;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Operation;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Cast;
import org.pellucid.graph.op.Unary;
import org.pellucid.graph.op.Where;

/** Arithmetic, comparison and logic on two or more tensors, with broadcasting; casts. */
final class ArithmeticOperators {
  private ArithmeticOperators() {}

  static void register(Operators.Registry registry) {
    binary(registry, "Add", new Binary.Add());
    binary(registry, "Sub", new Binary.Sub());
    binary(registry, "Mul", new Binary.Mul());
    binary(registry, "Div", new Binary.Div());
    binary(registry, "PRelu", new Binary.PRelu());
    binary(registry, "Equal", new Binary.Equal());
    binary(registry, "Less", new Binary.Less());
    binary(registry, "LessOrEqual", new Binary.LessOrEqual());
    binary(registry, "Greater", new Binary.Greater());
    binary(registry, "GreaterOrEqual", new Binary.GreaterOrEqual());
    binary(registry, "And", new Binary.And());
    binary(registry, "Or", new Binary.Or());
    binary(registry, "Xor", new Binary.Xor());
    registry.add("SwiGLU", 2, 2, ArithmeticOperators::gated);
    registry.add("Mod", 2, 2, ArithmeticOperators::mod);
    registry.add("Pow", 2, 2, ArithmeticOperators::pow);

    variadic(registry, "Sum", new Binary.Add());
    variadic(registry, "Min", new Binary.Min());
    variadic(registry, "Max", new Binary.Max());
    registry.add("Mean", 1, Integer.MAX_VALUE, ArithmeticOperators::mean);

    registry.add(
        "Where",
        3,
        3,
        node -> node.output(new Where(), node.input(0), node.input(1), node.input(2)));
    registry.add("Cast", 1, 1, ArithmeticOperators::cast);
    registry.add("CastLike", 2, 2, ArithmeticOperators::castLike);
  }

  private static void binary(Operators.Registry registry, String operator, Operation operation) {
    registry.add(operator, 2, 2, node -> binary(node, operation));
  }

  /** Integers that are whole numbers in a floating type meet others in it, but for divisions. */
  private static void binary(NodeTranslation node, Operation operation) {
    boolean left = carries(node, 0);
    boolean right = carries(node, 1);
    if (!left && !right) {
      node.output(operation, node.input(0), node.input(1));
      return;
    }
    boolean truncates = operation instanceof Binary.Div;
    ElementType type = truncates ? ElementType.INT64 : ElementType.FLOAT32;
    String a =
        left == truncates ? node.helper("left", new Cast(type), node.input(0)) : node.input(0);
    String b =
        right == truncates ? node.helper("right", new Cast(type), node.input(1)) : node.input(1);
    node.output(operation, a, b);
    node.noteDataType(0, node.dataType(left ? 0 : 1));
  }

  private static void variadic(Operators.Registry registry, String operator, Operation operation) {
    registry.add(operator, 1, Integer.MAX_VALUE, node -> chain(node, operation));
  }

  /** One after the other, from the left. */
  private static void chain(NodeTranslation node, Operation operation) {
    List<String> inputs = node.inputs();
    if (inputs.size() == 1) {
      node.output(new Unary.Identity(), inputs.get(0));
      return;
    }
    String sofar = allButLast(node, operation, inputs);
    node.output(operation, sofar, inputs.get(inputs.size() - 1));
  }

  private static String allButLast(NodeTranslation node, Operation operation, List<String> inputs) {
    String sofar = inputs.get(0);
    for (int i = 1; i < inputs.size() - 1; i++) {
      sofar = node.helper("of-" + (i + 1), operation, sofar, inputs.get(i));
    }
    return sofar;
  }

  private static void mean(NodeTranslation node) {
    List<String> inputs = node.inputs();
    if (inputs.size() == 1) {
      node.output(new Unary.Identity(), inputs.get(0));
      return;
    }
    String sum =
        node.helper(
            "sum",
            new Binary.Add(),
            allButLast(node, new Binary.Add(), inputs),
            inputs.get(inputs.size() - 1));
    String count = node.number("count", inputs.size(), node.type(0).elementType());
    node.output(new Binary.Div(), sum, count);
  }

  /** The first input's swish times the second; they do not broadcast. */
  private static void gated(NodeTranslation node) {
    if (!node.shape(0).equals(node.shape(1))) {
      throw new IllegalArgumentException(
          "its inputs " + node.shape(0) + " and " + node.shape(1) + " should have one shape");
    }
    double alpha = node.attributes().real("alpha", 1);
    String gate = node.helper("gate", new Unary.Swish(alpha), node.input(0));
    node.output(new Binary.Mul(), gate, node.input(1));
  }

  private static void mod(NodeTranslation node) {
    boolean fmod = node.attributes().flag("fmod", false);
    node.output(new Binary.Mod(fmod), node.input(0), node.input(1));
  }

  /** The exponent may be of another type; the result has the type of the base. */
  private static void pow(NodeTranslation node) {
    ElementType base = node.type(0).elementType();
    ElementType exponent = node.type(1).elementType();
    if (base == exponent) {
      node.output(new Binary.Pow(), node.input(0), node.input(1));
    } else if (base.isFloating()) {
      String widened = node.helper("exponent", new Cast(base), node.input(1));
      node.output(new Binary.Pow(), node.input(0), widened);
    } else {
      String widened = node.helper("base", new Cast(exponent), node.input(0));
      String power = node.helper("power", new Binary.Pow(), widened, node.input(1));
      node.output(new Cast(base), power);
    }
  }

  private static void cast(NodeTranslation node) {
    int code = node.attributes().whole("to");
    OnnxDataType type = OnnxDataType.of(code);
    if (type == null) {
      throw new RefusedNodeException("it makes elements of type " + OnnxDataType.label(code));
    }
    castTo(node, type);
  }

  private static void castLike(NodeTranslation node) {
    OnnxDataType noted = node.dataType(1);
    castTo(node, noted == null ? OnnxDataType.of(node.type(1).elementType()) : noted);
  }

  private static void castTo(NodeTranslation node, OnnxDataType type) {
    OnnxDataType from = node.dataType(0);
    if (carries(node, 0) && type.element() == ElementType.INT64) {
      if (type.lowest() > from.lowest() || type.highest() < from.highest()) {
        throw new RefusedNodeException(
            "it makes " + type.label() + " of " + from.label() + " that depend on the input data");
      }
      node.output(new Unary.Identity(), node.input(0));
    } else if (wraps(node, type)) {
      wrapped(node, type);
    } else if (node.type(0).elementType() == type.element()) {
      node.output(new Unary.Identity(), node.input(0));
    } else {
      node.output(new Cast(type.element()), node.input(0));
    }
    if (type.element() == ElementType.INT64) {
      node.noteDataType(0, type);
    }
  }

  /**
   * Whether integers may not fit the type that they are cast to, of which their lower bits then
   * stay. Of numbers that are not whole the specification says so for 4 bits alone; and indices of
   * 32 bits that depend on the data are taken to fit.
   */
  private static boolean wraps(NodeTranslation node, OnnxDataType type) {
    ElementType element = node.type(0).elementType();
    if (type.element() != ElementType.INT64 || element == ElementType.BOOL) {
      return false;
    }
    if (element.isFloating()) {
      return type.bits() < Byte.SIZE;
    }
    OnnxDataType noted = node.dataType(0);
    OnnxDataType from = noted == null ? OnnxDataType.INT64 : noted;
    boolean fits = type.lowest() <= from.lowest() && type.highest() >= from.highest();
    return !fits && type.bits() < (node.isConstant(0) ? Long.SIZE : Integer.SIZE);
  }

  /** The lower bits, read as an integer of the type: (x - lowest) mod 2^bits + lowest. */
  private static void wrapped(NodeTranslation node, OnnxDataType type) {
    String whole = node.input(0);
    if (node.type(0).elementType() != ElementType.INT64) {
      whole = node.helper("whole", new Cast(ElementType.INT64), whole);
    }
    String count = node.number("values", Math.scalb(1.0, type.bits()), ElementType.INT64);
    if (type.lowest() == 0) {
      node.output(new Binary.Mod(false), whole, count);
      return;
    }
    String lowest = node.number("lowest", type.lowest(), ElementType.INT64);
    String above = node.helper("above-lowest", new Binary.Sub(), whole, lowest);
    String kept = node.helper("kept-bits", new Binary.Mod(false), above, count);
    node.output(new Binary.Add(), kept, lowest);
  }

  /** Whether an input's integers are whole numbers in a floating type. */
  private static boolean carries(NodeTranslation node, int input) {
    OnnxDataType type = node.dataType(input);
    return type != null
        && type.element() == ElementType.INT64
        && node.type(input).elementType().isFloating();
  }
}
