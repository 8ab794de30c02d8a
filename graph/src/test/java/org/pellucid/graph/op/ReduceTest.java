package org.pellucid.graph.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pellucid.graph.op.Values.assertElements;
import static org.pellucid.graph.op.Values.evaluate;
import static org.pellucid.graph.op.Values.integers;
import static org.pellucid.graph.op.Values.row;
import static org.pellucid.graph.op.Values.shape;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.pellucid.graph.Tensor;

class ReduceTest {
  /** [[[1, 2], [3, 4], [5, 6]], [[-1, -2], [-3, -4], [-5, -6]]]. */
  private static final Tensor X =
      Tensor.of(shape(2, 3, 2), 1.0, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5, -6);

  @Test
  void reducesInnerOuterAndSeveralAxes() {
    assertElements(
        evaluate(new Reduce.ReduceSum(List.of(1), true), X), shape(2, 1, 2), 9, 12, -9, -12);
    assertElements(
        evaluate(new Reduce.ReduceSum(List.of(0), false), X), shape(3, 2), 0, 0, 0, 0, 0, 0);
    assertElements(evaluate(new Reduce.ReduceMean(List.of(1, 2), false), X), shape(2), 3.5, -3.5);
    assertElements(evaluate(new Reduce.ReduceMax(List.of(0, 2), true), X), shape(1, 3, 1), 2, 4, 6);
    assertElements(evaluate(new Reduce.ReduceMin(List.of(0, 2), false), X), shape(3), -2, -4, -6);
    assertElements(
        evaluate(new Reduce.ReduceProd(List.of(1), false), X), shape(2, 2), 15, 48, -15, -48);
    assertElements(evaluate(new Reduce.ReduceSum(List.of(0, 1, 2), false), X), shape(), 0);
  }

  @Test
  void integersStayExact() {
    long big = (1L << 53) + 1;
    Tensor x = integers(big, 2, -3);
    List<Integer> axis = List.of(0);
    assertThat(evaluate(new Reduce.ReduceSum(axis, false), x).toLongArray())
        .containsExactly(big - 1);
    assertThat(evaluate(new Reduce.ReduceProd(axis, false), x).toLongArray())
        .containsExactly(-6 * big);
    assertThat(evaluate(new Reduce.ReduceMax(axis, true), x).toLongArray()).containsExactly(big);
    assertThat(evaluate(new Reduce.ReduceMin(axis, true), x).toLongArray()).containsExactly(-3);
    assertThat(evaluate(new Reduce.ReduceMean(axis, true), integers(-3, -4)).toLongArray())
        .containsExactly(-3);
  }

  @Test
  void theResultsOfNoElements() {
    Tensor none = Tensor.of(shape(0, 1), new double[0]);
    List<Integer> axis = List.of(0);
    assertElements(evaluate(new Reduce.ReduceSum(axis, false), none), shape(1), 0);
    assertElements(evaluate(new Reduce.ReduceProd(axis, false), none), shape(1), 1);
    assertThat(evaluate(new Reduce.ReduceMax(axis, false), none).get(0))
        .isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(evaluate(new Reduce.ReduceMin(axis, false), none).get(0))
        .isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void whatIsNotANumberIsPassed() {
    for (Reduce reduce :
        List.of(new Reduce.ReduceMax(List.of(0), false), new Reduce.ReduceMin(List.of(0), false))) {
      assertThat(evaluate(reduce, row(1, Double.NaN, 3)).get(0)).isNaN();
    }
  }

  @Test
  void argMaxTakesTheFirstOrTheLastOfEquals() {
    Tensor x = Tensor.of(shape(2, 4), 1.0, 7, 7, 0, -3, -1, -2, -1);
    Tensor first = evaluate(new ArgMax(1, false, false), x);
    assertThat(first.shape()).isEqualTo(shape(2));
    assertThat(first.toLongArray()).containsExactly(1, 1);
    Tensor last = evaluate(new ArgMax(1, true, true), x);
    assertThat(last.shape()).isEqualTo(shape(2, 1));
    assertThat(last.toLongArray()).containsExactly(2, 3);
    assertThat(evaluate(new ArgMax(0, false, false), x).toLongArray()).containsExactly(0, 0, 0, 0);
  }

  @Test
  void argMaxFindsNaNAndComparesIntegersExactly() {
    assertThat(
            evaluate(new ArgMax(0, false, false), row(1, Double.NaN, 3, Double.NaN)).toLongArray())
        .containsExactly(1);
    assertThat(evaluate(new ArgMax(0, false, false), row(-0.0, 0.0)).toLongArray())
        .containsExactly(0);
    long big = 1L << 53;
    assertThat(evaluate(new ArgMax(0, false, false), integers(big, big + 1)).toLongArray())
        .containsExactly(1);
  }
}
