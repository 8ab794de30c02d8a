package org.pellucid.it.operations;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.StringJoiner;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.onnx.OnnxModelBuilder;

/** Writes the cases of one family, with random numbers of its own. */
final class CaseWriter {
  /**
   * An input of the operator.
   *
   * @param value null for an optional input that is left out
   * @param fixed whether it is an initializer rather than an input of the model
   */
  record Argument(Tensor value, boolean fixed) {}

  private final List<OperationCase> cases = new ArrayList<>();
  private final Random random;

  CaseWriter(long seed) {
    this.random = new Random(seed);
  }

  List<OperationCase> cases() {
    return cases;
  }

  Random random() {
    return random;
  }

  /** A number from low to high, both included. */
  int between(int low, int high) {
    return low + random.nextInt(high - low + 1);
  }

  boolean coin() {
    return random.nextBoolean();
  }

  /** Normally distributed floats. */
  Tensor normal(int... dims) {
    return spread(0, 1, dims);
  }

  /** Normally distributed floats of a mean and a deviation. */
  Tensor spread(double mean, double deviation, int... dims) {
    Shape shape = Shape.of(dims);
    float[] elements = new float[(int) shape.size()];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (float) (mean + deviation * random.nextGaussian());
    }
    return Tensor.of(shape, elements);
  }

  /** Floats from low to high. */
  Tensor uniform(double low, double high, int... dims) {
    Shape shape = Shape.of(dims);
    float[] elements = new float[(int) shape.size()];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (float) (low + (high - low) * random.nextDouble());
    }
    return Tensor.of(shape, elements);
  }

  /** Integers from low to high, both included. */
  Tensor integers(int low, int high, int... dims) {
    Shape shape = Shape.of(dims);
    long[] elements = new long[(int) shape.size()];
    Arrays.setAll(elements, i -> between(low, high));
    return Tensor.of(shape, elements);
  }

  /** Truth values. */
  Tensor truths(int... dims) {
    return integers(0, 1, dims).cast(ElementType.BOOL);
  }

  /** A vector of integers. */
  static Tensor list(long... elements) {
    return Tensor.of(Shape.of(elements.length), elements);
  }

  static Argument input(Tensor value) {
    return new Argument(value, false);
  }

  static Argument fixed(Tensor value) {
    return new Argument(value, true);
  }

  static Argument absent() {
    return new Argument(null, true);
  }

  /** A case of an operator with one output. */
  void add(int opset, String operator, List<Argument> arguments, Object... attributes) {
    write(opset, operator, 1, true, arguments, attributes);
  }

  /** A case with one output whose inputs may lie on kinks, or that has no gradient. */
  void addRough(int opset, String operator, List<Argument> arguments, Object... attributes) {
    write(opset, operator, 1, false, arguments, attributes);
  }

  /** A case of an operator with several outputs. */
  void addSplit(
      int opset, String operator, int outputs, List<Argument> arguments, Object... attributes) {
    write(opset, operator, outputs, true, arguments, attributes);
  }

  /** A case of an operator that ONNX Runtime does not know, with a model that means the same. */
  void addInWords(
      int opset, String operator, byte[] words, List<Argument> arguments, Object... attributes) {
    write(opset, operator, 1, true, arguments, attributes);
    OperationCase one = cases.remove(cases.size() - 1);
    cases.add(
        new OperationCase(
            one.name(), operator, opset, one.model(), one.inputs(), words, one.smooth()));
  }

  private void write(
      int opset,
      String operator,
      int outputs,
      boolean smooth,
      List<Argument> arguments,
      Object... attributes) {
    // Up to version 3 of the file format, initializers are inputs too.
    OnnxModelBuilder model = new OnnxModelBuilder(opset < 9 ? 3 : 8, opset);
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    List<String> names = new ArrayList<>();
    StringJoiner shapes = new StringJoiner(" ");
    for (int i = 0; i < arguments.size(); i++) {
      Tensor value = arguments.get(i).value();
      if (value == null) {
        names.add("");
        shapes.add("-");
        continue;
      }
      String name = "x" + i;
      names.add(name);
      Object[] axes = Arrays.stream(value.shape().dims()).boxed().toArray();
      if (arguments.get(i).fixed()) {
        model.initializer(name, value);
        if (opset < 9) {
          model.inputOf(OnnxModelBuilder.typeOf(value), name, axes);
        }
        shapes.add(value.size() <= 4 ? elements(value) : value.shape().toString());
      } else {
        model.inputOf(OnnxModelBuilder.typeOf(value), name, axes);
        inputs.put(name, value);
        shapes.add(value.shape().toString());
      }
    }
    List<String> made = new ArrayList<>();
    for (int i = 0; i < outputs; i++) {
      made.add("y" + i);
      model.output("y" + i);
    }
    model.node("node", operator, names, made, attributes);
    StringJoiner told = new StringJoiner(" ");
    for (int i = 0; i < attributes.length; i += 2) {
      told.add(attributes[i] + "=" + text(attributes[i + 1]));
    }
    String name = operator + "-" + opset + " " + shapes + " " + told + " #" + cases.size();
    cases.add(new OperationCase(name, operator, opset, model.bytes(), inputs, smooth));
  }

  private static String elements(Tensor value) {
    return value.elementType().isFloating()
        ? Arrays.toString(value.toFloatArray())
        : Arrays.toString(value.toLongArray());
  }

  private static String text(Object value) {
    if (value instanceof float[] reals) {
      return Arrays.toString(reals);
    }
    return value instanceof int[] wholes ? Arrays.toString(wholes) : value.toString();
  }
}
