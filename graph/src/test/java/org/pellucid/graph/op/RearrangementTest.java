package org.pellucid.graph.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.pellucid.graph.op.Values.assertElements;
import static org.pellucid.graph.op.Values.evaluate;
import static org.pellucid.graph.op.Values.integers;
import static org.pellucid.graph.op.Values.ramp;
import static org.pellucid.graph.op.Values.row;
import static org.pellucid.graph.op.Values.shape;
import static org.pellucid.graph.op.Values.truths;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Tensor;

/** Operations that move elements, whatever their type. */
class RearrangementTest {
  /** [[1, 2, 3], [4, 5, 6]]. */
  private static final Tensor X = Tensor.of(shape(2, 3), 1.0, 2, 3, 4, 5, 6);

  private static Tensor asLongs(Tensor x) {
    return x.cast(ElementType.INT64);
  }

  @Test
  void movesIntegersAndTruthsLikeFloats() {
    List<Operation> operations =
        List.of(
            new Reshape(shape(3, 2)),
            new Expand(shape(2, 2, 3)),
            new Transpose(List.of(1, 0)),
            new Tile(List.of(2, 1)),
            new Slice(List.of(1, 2), List.of(2, 2), List.of(-1, -2)),
            new Concat(1),
            new Pad(List.of(0, 1), List.of(1, 1), Pad.Mode.CONSTANT, 1),
            new Pad(List.of(0, 2), List.of(1, 0), Pad.Mode.REFLECT, 0));
    for (Operation operation : operations) {
      double[] moved = evaluate(operation, X).toDoubleArray();
      assertThat(evaluate(operation, asLongs(X)).toDoubleArray())
          .as(operation.toString())
          .containsExactly(moved);
      Tensor odd = truths(1, 0, 1, 0, 1, 0).reshape(shape(2, 3));
      double[] remainders = new double[moved.length];
      for (int i = 0; i < moved.length; i++) {
        remainders[i] = moved[i] % 2;
      }
      assertThat(evaluate(operation, odd).toDoubleArray())
          .as(operation.toString())
          .containsExactly(remainders);
    }
  }

  @Test
  void concatenatesAlongAnyAxis() {
    assertElements(
        evaluate(new Concat(0), X, row(7, 8, 9).reshape(shape(1, 3))),
        shape(3, 3),
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        8,
        9);
    assertElements(
        evaluate(new Concat(1), X, row(7, 8).reshape(shape(2, 1)), X),
        shape(2, 7),
        1,
        2,
        3,
        7,
        1,
        2,
        3,
        4,
        5,
        6,
        8,
        4,
        5,
        6);
  }

  @Test
  void slicesForwardsAndBackwards() {
    assertElements(
        evaluate(new Slice(List.of(0, 0), List.of(2, 2), List.of(1, 2)), X),
        shape(2, 2),
        1,
        3,
        4,
        6);
    assertElements(
        evaluate(new Slice(List.of(1, 2), List.of(2, 3), List.of(-1, -1)), X),
        shape(2, 3),
        6,
        5,
        4,
        3,
        2,
        1);
    assertThat(evaluate(new Slice(List.of(0, 3), List.of(2, 0), List.of(1, 1)), X).shape())
        .isEqualTo(shape(2, 0));
  }

  @Test
  void gathersInsertingTheAxesOfTheIndices() {
    assertElements(
        evaluate(new Gather(1), X, integers(2, -3, 1, 1).reshape(shape(2, 2))),
        shape(2, 2, 2),
        3,
        1,
        2,
        2,
        6,
        4,
        5,
        5);
    assertElements(evaluate(new Gather(0), X, Tensor.scalar(-1L)), shape(3), 4, 5, 6);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> evaluate(new Gather(1), X, integers(3)))
        .withMessageContaining("from -3 to 2")
        .withMessageContaining("found 3");
  }

  @Test
  void transposes() {
    assertElements(
        evaluate(new Transpose(List.of(2, 0, 1)), ramp(2, 2, 3)),
        shape(3, 2, 2),
        ramp(2, 2, 3).get(0),
        ramp(2, 2, 3).get(3),
        ramp(2, 2, 3).get(6),
        ramp(2, 2, 3).get(9),
        ramp(2, 2, 3).get(1),
        ramp(2, 2, 3).get(4),
        ramp(2, 2, 3).get(7),
        ramp(2, 2, 3).get(10),
        ramp(2, 2, 3).get(2),
        ramp(2, 2, 3).get(5),
        ramp(2, 2, 3).get(8),
        ramp(2, 2, 3).get(11));
  }

  @Test
  void repeatsAndBroadcasts() {
    assertElements(
        evaluate(new Tile(List.of(2, 2)), row(1, 2).reshape(shape(1, 2))),
        shape(2, 4),
        1,
        2,
        1,
        2,
        1,
        2,
        1,
        2);
    assertElements(
        evaluate(new Expand(shape(2, 2, 2)), row(1, 2).reshape(shape(2, 1))),
        shape(2, 2, 2),
        1,
        1,
        2,
        2,
        1,
        1,
        2,
        2);
  }

  /** Expected numbers are NumPy's. */
  @Test
  void padsByReflectionByEdgeAndByAConstant() {
    Pad reflect = new Pad(List.of(1, 2), List.of(2, 3), Pad.Mode.REFLECT, 0);
    assertElements(
        evaluate(reflect, ramp(3, 4)),
        shape(6, 9),
        new double[] {
          4, -3, 1, -3, 4, 0, 4, -3, 1, -2, 2, -5, 2, -2, 5, -2, 2, -5, 4, -3, 1, -3, 4, 0, 4, -3,
          1, -1, 3, -4, 3, -1, -5, -1, 3, -4, 4, -3, 1, -3, 4, 0, 4, -3, 1, -2, 2, -5, 2, -2, 5, -2,
          2, -5
        });
    Pad edge = new Pad(List.of(1, 0), List.of(0, 2), Pad.Mode.EDGE, 0);
    assertElements(
        evaluate(edge, ramp(2, 3)),
        shape(3, 5),
        new double[] {-5, 2, -2, -2, -2, -5, 2, -2, -2, -2, 5, 1, -3, -3, -3});
    Pad constant =
        new Pad(List.of(0, 1), List.of(1, 0), Pad.Mode.CONSTANT, Double.NEGATIVE_INFINITY);
    double low = Double.NEGATIVE_INFINITY;
    assertThat(evaluate(constant, row(1, 2).reshape(shape(1, 2))).toDoubleArray())
        .containsExactly(low, 1, 2, low, low, low);
  }

  @Test
  void castsByTheRulesOfTensors() {
    assertThat(evaluate(new Cast(ElementType.INT64), row(-1.9, 1.9)).toLongArray())
        .containsExactly(-1, 1);
    assertThat(evaluate(new Cast(ElementType.BOOL), row(0, -0.5)).toLongArray())
        .containsExactly(0, 1);
    assertElements(evaluate(new Cast(ElementType.FLOAT64), integers(3, -4)), shape(2), 3, -4);
    assertThat(new Cast(ElementType.FLOAT32).evaluate(List.of(row(0.1))).get(0)).isEqualTo(0.1);
  }
}
