package org.pellucid.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class TensorTest {
  private static final Shape SHAPE = Shape.of(2, 2);

  private static FloatBuffer outsideTheHeap(float... values) {
    FloatBuffer buffer =
        ByteBuffer.allocateDirect(4 * values.length).order(ByteOrder.nativeOrder()).asFloatBuffer();
    return buffer.put(values).rewind();
  }

  @Test
  void rangesAreCopiedWhateverTheTypeAndPlace() {
    List<Tensor> tensors =
        List.of(
            Tensor.of(SHAPE, new float[] {1, 0, 3, 4}),
            Tensor.of(SHAPE, outsideTheHeap(1, 0, 3, 4)),
            Tensor.of(SHAPE, new double[] {1, 0, 3, 4}),
            Tensor.of(SHAPE, new long[] {1, 0, 3, 4}));
    for (Tensor tensor : tensors) {
      double[] to = {-1, -1, -1};
      tensor.copy(1, to, 2);
      assertThat(to).containsExactly(0, 3, -1);
      assertThat(tensor.toDoubleArray()).containsExactly(1, 0, 3, 4);
    }
  }

  @Test
  void rangesOutsideAreRefused() {
    Tensor tensor = Tensor.of(SHAPE, new float[4]);
    assertThatThrownBy(() -> tensor.copy(3, new double[2], 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> tensor.copy(0, new double[2], 3))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void runsAreReadAsIfTheyWereWrittenOut() {
    float[] all = {1, 1, 1, -2, -2, -2};
    Tensor runs = Tensor.ofRuns(Shape.of(1, 2, 3), Tensor.of(Shape.of(1, 2, 1), 1f, -2f));
    assertThat(runs.type()).isEqualTo(new TensorType(ElementType.FLOAT32, Shape.of(1, 2, 3)));
    double[] part = new double[4];
    runs.copy(1, part, 4);
    assertThat(part).containsExactly(1, 1, -2, -2);
    assertThat(runs.get(2)).isEqualTo(1);
    assertThat(runs.get(3)).isEqualTo(-2);
    assertThat(runs.cast(ElementType.FLOAT64).doubles())
        .isEqualTo(DoubleBuffer.wrap(new double[] {1, 1, 1, -2, -2, -2}));
    assertThat(runs.floats()).isEqualTo(FloatBuffer.wrap(all));
    assertThat(runs.reshape(Shape.of(6)).toFloatArray()).containsExactly(all);
    assertThat(runs.cast(ElementType.INT64).toLongArray()).containsExactly(1, 1, 1, -2, -2, -2);
  }

  @Test
  void onlyRunsOfEqualLengthAreTaken() {
    assertThatThrownBy(() -> Tensor.ofRuns(Shape.of(5), Tensor.of(Shape.of(2), 1f, 2f)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[5]");
    assertThatThrownBy(() -> Tensor.ofRuns(Shape.of(4), Tensor.of(Shape.of(2), 1L, 2L)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
