package org.pellucid.graph.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/** Small tensors to compute with. */
final class Values {
  private Values() {}

  static Shape shape(int... dims) {
    return Shape.of(dims);
  }

  /** Small integers without a simple pattern, -5 to 5: element i is 7 i mod 11 - 5. */
  static Tensor ramp(int... dims) {
    double[] elements = new double[(int) Shape.of(dims).size()];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = i * 7 % 11 - 5;
    }
    return Tensor.of(Shape.of(dims), elements);
  }

  static Tensor row(double... elements) {
    return Tensor.of(Shape.of(elements.length), elements);
  }

  static Tensor integers(long... elements) {
    return Tensor.of(Shape.of(elements.length), elements);
  }

  static Tensor truths(int... elements) {
    byte[] bytes = new byte[elements.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) elements[i];
    }
    return Tensor.of(Shape.of(elements.length), bytes);
  }

  static TensorType floats(int... dims) {
    return new TensorType(ElementType.FLOAT32, Shape.of(dims));
  }

  static TensorType doubles(int... dims) {
    return new TensorType(ElementType.FLOAT64, Shape.of(dims));
  }

  static TensorType longs(int... dims) {
    return new TensorType(ElementType.INT64, Shape.of(dims));
  }

  static TensorType bools(int... dims) {
    return new TensorType(ElementType.BOOL, Shape.of(dims));
  }

  /** Evaluates and checks that the result is of the type that the shape rule tells. */
  static Tensor evaluate(Operation operation, Tensor... inputs) {
    List<Tensor> values = List.of(inputs);
    Tensor result = operation.evaluate(values);
    assertThat(result.type())
        .as("type of the result of %s", operation)
        .isEqualTo(operation.infer(values.stream().map(Tensor::type).toList()));
    return result;
  }

  static void assertElements(Tensor actual, Shape shape, double... elements) {
    assertElements(actual, 1e-13, shape, elements);
  }

  static void assertElements(Tensor actual, double tolerance, Shape shape, double... elements) {
    assertThat(actual.shape()).isEqualTo(shape);
    assertThat(actual.toDoubleArray()).containsExactly(elements, within(tolerance));
  }
}
