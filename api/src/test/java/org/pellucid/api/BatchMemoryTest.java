package org.pellucid.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class BatchMemoryTest {
  /** A size that nothing else in this process asks for. */
  private static final int SIZE = 12_347;

  @Test
  void whatIsGivenBackIsUsedAgain() {
    BatchMemory first = BatchMemory.of(SIZE);
    FloatBuffer floats = first.floats();
    assertThat(floats.isDirect()).isTrue();
    assertThat(floats.order()).isEqualTo(ByteOrder.nativeOrder());
    assertThat(floats.remaining()).isEqualTo(SIZE);
    floats.put(7, 3);
    assertThat(first.floats(7, 2).remaining()).isEqualTo(2);
    assertThat(first.floats(7, 2).get()).isEqualTo(3);

    BatchMemory other = BatchMemory.of(SIZE);
    assertThat(other.floats().get(7)).isZero();
    first.close();
    first.close();
    assertThatThrownBy(first::floats).hasMessageContaining("given back");
    assertThat(BatchMemory.of(SIZE).floats().get(7)).isEqualTo(3);
    assertThat(BatchMemory.of(SIZE).floats().get(7)).isZero();
  }

  @Test
  void whatIsLargeLiesInTheHeap() {
    try (BatchMemory large = BatchMemory.of(3 << 20)) {
      assertThat(large.floats().isDirect()).isFalse();
      assertThat(large.floats(1 << 20, 5).remaining()).isEqualTo(5);
    }
  }
}
