package org.pellucid.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowsTest {
  // Five rows of two, behind two elements that are not theirs: four are summed at once.
  private static final float[] ELEMENTS = {90, 90, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  private static final Shape SHAPE = Shape.of(6, 2);

  private static FloatBuffer outsideTheHeap() {
    FloatBuffer buffer =
        ByteBuffer.allocateDirect(4 * ELEMENTS.length)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    return buffer.put(ELEMENTS).rewind();
  }

  @Test
  void rowsAreSummedWhereverTheyLie() {
    Tensor floats = Tensor.of(SHAPE, ELEMENTS);
    List<Rows> all =
        List.of(
            Rows.of(floats, 2, 5, 2),
            Rows.of(Tensor.of(SHAPE, outsideTheHeap()), 2, 5, 2),
            Rows.of(floats.cast(ElementType.FLOAT64), 2, 5, 2),
            Rows.of(floats.cast(ElementType.INT64), 2, 5, 2),
            Rows.of(new double[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 5));
    for (Rows rows : all) {
      assertThat(rows.sums()).containsExactly(3, 7, 11, 15, 19);
      assertThat(rows.weighedSum(new double[] {2})).containsExactly(50, 60);
      assertThat(rows.weighedSum(new double[] {1, 0, -1, 0, 10})).containsExactly(86, 96);
    }
  }

  @Test
  void rowsOfEqualElementsNeedNoElements() {
    Tensor runs = Tensor.ofRuns(Shape.of(3, 4), Tensor.of(Shape.of(3), 7f, 2f, -3f));
    Rows whole = Rows.of(runs, 4, 2, 4);
    assertThat(whole.sums()).containsExactly(8, -12);
    assertThat(whole.repeated())
        .hasValueSatisfying(each -> assertThat(each).containsExactly(2, -3));
    assertThat(whole.weighedSum(new double[] {10, 1})).containsExactly(17, 17, 17, 17);
    // Other rows than the runs.
    assertThat(Rows.of(runs, 2, 2, 4).sums()).containsExactly(18, -2);
    assertThat(Rows.of(runs, 2, 2, 4).repeated()).isEmpty();
  }

  @Test
  void whatIsNotThereIsRefused() {
    Tensor tensor = Tensor.of(SHAPE, ELEMENTS);
    assertThatThrownBy(() -> Rows.of(tensor, 4, 5, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> Rows.of(new double[5], 2))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Rows.of(tensor, 0, 6, 2).weighedSum(new double[2]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("6 rows and 2 weights");
  }
}
