package org.pellucid.graph.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.pellucid.graph.op.Values.assertElements;
import static org.pellucid.graph.op.Values.evaluate;
import static org.pellucid.graph.op.Values.integers;
import static org.pellucid.graph.op.Values.row;
import static org.pellucid.graph.op.Values.shape;
import static org.pellucid.graph.op.Values.truths;

import org.junit.jupiter.api.Test;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Tensor;

class BinaryTest {
  private static final double NAN = Double.NaN;
  private static final double INFINITY = Double.POSITIVE_INFINITY;

  @Test
  void broadcastsInBothDirections() {
    Tensor column = Tensor.of(shape(2, 1), 10.0, 20);
    Tensor row = row(1, 2, 3);
    assertElements(evaluate(new Binary.Sub(), column, row), shape(2, 3), 9, 8, 7, 19, 18, 17);
    assertElements(evaluate(new Binary.Sub(), row, column), shape(2, 3), -9, -8, -7, -19, -18, -17);
    assertElements(
        evaluate(new Binary.Add(), row, Tensor.of(shape(), 0.5)), shape(3), 1.5, 2.5, 3.5);
    assertElements(
        evaluate(new Binary.Mul(), Tensor.of(shape(1, 2, 1), 2.0, 3), row),
        shape(1, 2, 3),
        2,
        4,
        6,
        3,
        6,
        9);
  }

  @Test
  void arithmeticOnFloats() {
    assertElements(evaluate(new Binary.Div(), row(1, -3), row(4, 2)), shape(2), 0.25, -1.5);
    assertElements(
        evaluate(new Binary.Pow(), row(2, 4, -2), row(10, 0.5, 3)), shape(3), 1024, 2, -8);
    assertElements(evaluate(new Binary.Min(), row(1, 5), row(2, -5)), shape(2), 1, -5);
    assertElements(evaluate(new Binary.Max(), row(1, 5), row(2, -5)), shape(2), 2, 5);
    assertElements(evaluate(new Binary.PRelu(), row(-4, 4, 0), row(0.25)), shape(3), -1, 4, 0);
  }

  @Test
  void integersStayExactAndTruncate() {
    long big = (1L << 53) + 1;
    assertThat(evaluate(new Binary.Add(), integers(big), integers(1)).toLongArray())
        .containsExactly(big + 1);
    assertThat(evaluate(new Binary.Sub(), integers(big), integers(1)).toLongArray())
        .containsExactly(big - 1);
    assertThat(evaluate(new Binary.Mul(), integers(big), integers(3)).toLongArray())
        .containsExactly(3 * big);
    assertThat(evaluate(new Binary.Max(), integers(big), integers(big - 1)).toLongArray())
        .containsExactly(big);
    assertThat(evaluate(new Binary.Min(), integers(big), integers(big - 1)).toLongArray())
        .containsExactly(big - 1);
    assertThat(evaluate(new Binary.Div(), integers(7, -7, 7, -7), integers(2, 2, -2, -2)))
        .satisfies(quotient -> assertThat(quotient.toLongArray()).containsExactly(3, -3, -3, 3));
    assertThat(evaluate(new Binary.Pow(), integers(3, -2, 5, -1), integers(33, 3, 0, -3)))
        .satisfies(
            power -> assertThat(power.toLongArray()).containsExactly(5559060566555523L, -8, 1, -1));
    assertThatExceptionOfType(ArithmeticException.class)
        .isThrownBy(() -> evaluate(new Binary.Div(), integers(1), integers(0)));
  }

  @Test
  void aRemainderHasTheSignOfTheDivisorOrWithFmodOfTheDividend() {
    Tensor a = integers(7, -7, 7, -7);
    Tensor b = integers(3, 3, -3, -3);
    assertThat(evaluate(new Binary.Mod(false), a, b).toLongArray()).containsExactly(1, 2, -2, -1);
    assertThat(evaluate(new Binary.Mod(true), a, b).toLongArray()).containsExactly(1, -1, 1, -1);
    Tensor x = row(7.5, -7.5, 7.5, -7.5);
    Tensor y = row(2, 2, -2, -2);
    assertElements(evaluate(new Binary.Mod(false), x, y), shape(4), 1.5, 0.5, -0.5, -1.5);
    assertElements(evaluate(new Binary.Mod(true), x, y), shape(4), 1.5, -1.5, 1.5, -1.5);
  }

  @Test
  void comparisonsAnswerTruths() {
    Tensor a = row(1, 2, 3, NAN);
    Tensor b = row(2, 2, 2, NAN);
    assertThat(evaluate(new Binary.Equal(), a, b).toLongArray()).containsExactly(0, 1, 0, 0);
    assertThat(evaluate(new Binary.Less(), a, b).toLongArray()).containsExactly(1, 0, 0, 0);
    assertThat(evaluate(new Binary.LessOrEqual(), a, b).toLongArray()).containsExactly(1, 1, 0, 0);
    assertThat(evaluate(new Binary.Greater(), a, b).toLongArray()).containsExactly(0, 0, 1, 0);
    assertThat(evaluate(new Binary.GreaterOrEqual(), a, b).toLongArray())
        .containsExactly(0, 1, 1, 0);
  }

  @Test
  void integersAreComparedExactly() {
    long big = 1L << 53;
    assertThat(evaluate(new Binary.Equal(), integers(big), integers(big + 1)).toLongArray())
        .containsExactly(0);
    assertThat(evaluate(new Binary.Less(), integers(big), integers(big + 1)).toLongArray())
        .containsExactly(1);
  }

  @Test
  void logicOnTruths() {
    Tensor a = truths(0, 0, 1, 1);
    Tensor b = truths(0, 1, 0, 1);
    assertThat(evaluate(new Binary.And(), a, b).toLongArray()).containsExactly(0, 0, 0, 1);
    assertThat(evaluate(new Binary.Or(), a, b).toLongArray()).containsExactly(0, 1, 1, 1);
    assertThat(evaluate(new Binary.Xor(), a, b).toLongArray()).containsExactly(0, 1, 1, 0);
    assertThat(evaluate(new Binary.Equal(), a, b).toLongArray()).containsExactly(1, 0, 0, 1);
  }

  @Test
  void minimumAndMaximumPassNaN() {
    assertThat(new Binary.Max().apply(NAN, 1)).isNaN();
    assertThat(new Binary.Min().apply(1, NAN)).isNaN();
  }

  @Test
  void powersOfOneAreOne() {
    assertThat(new Binary.Pow().apply(1, NAN)).isEqualTo(1);
    assertThat(new Binary.Pow().apply(1, INFINITY)).isEqualTo(1);
    assertThat(new Binary.Pow().apply(-1, INFINITY)).isEqualTo(1);
    assertThat(new Binary.Pow().apply(NAN, 0)).isEqualTo(1);
    assertThat(new Binary.Pow().apply(-8, 1 / 3.0)).isNaN();
  }

  @Test
  void whereChoosesFromThreeBroadcastInputs() {
    Tensor condition = truths(1, 0, 1).reshape(shape(3, 1));
    assertElements(
        evaluate(new Where(), condition, row(1, 2), Tensor.of(shape(), NAN)),
        shape(3, 2),
        1,
        2,
        NAN,
        NAN,
        1,
        2);
    long big = (1L << 53) + 1;
    assertThat(evaluate(new Where(), truths(1, 0), integers(big), integers(2)).toLongArray())
        .containsExactly(big, 2);
    assertThat(evaluate(new Where(), truths(1, 0), truths(0), truths(1)).elementType())
        .isEqualTo(ElementType.BOOL);
  }
}
