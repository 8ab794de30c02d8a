package org.pellucid.backend.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

class DirectBufferTest {
  private static final int SIZE = 64 << 20;

  @Test
  void isMemoryOfZerosThatNativesCanRead() {
    try (DirectBuffer memory = DirectBuffer.allocate(12)) {
      assertThat(memory.bytes().isDirect()).isTrue();
      assertThat(memory.bytes().capacity()).isEqualTo(12);
      assertThat(memory.bytes().order()).isEqualTo(ByteOrder.nativeOrder());
      assertThat(memory.bytes().getFloat(8)).isZero();
      memory.bytes().putFloat(8, 1.5f);
      assertThat(memory.bytes().getFloat(8)).isEqualTo(1.5f);
    }
  }

  @Test
  void hasRoomForNothing() {
    try (DirectBuffer memory = DirectBuffer.allocate(0)) {
      assertThat(memory.bytes().hasRemaining()).isFalse();
    }
  }

  @Test
  void beginsAtAMultiple() {
    for (int bytes : new int[] {0, 1, 63, 64, 65, 336, 400}) {
      try (DirectBuffer memory = DirectBuffer.allocate(bytes, 64)) {
        assertThat(memory.bytes().capacity()).isEqualTo(bytes);
        assertThat(memory.bytes().alignmentOffset(0, 64)).isZero();
      }
    }
  }

  /** Without a garbage collection: the JDK counts what direct buffers hold. */
  @Test
  @EnabledForJreRange(max = JRE.JAVA_21)
  void isGivenBackWhenItIsClosedByAnyThread() throws InterruptedException {
    long before = held();
    DirectBuffer memory = DirectBuffer.allocate(SIZE);
    assertThat(held() - before).isGreaterThanOrEqualTo(SIZE);

    closeElsewhere(memory);

    assertThat(held() - before).isLessThan(SIZE);
  }

  /** The JDK counts nothing, but guards what was given back. */
  @Test
  @EnabledForJreRange(min = JRE.JAVA_22)
  void isGivenBackWhenItsArenaIsClosedByAnyThread() throws InterruptedException {
    DirectBuffer memory = DirectBuffer.allocate(SIZE);
    ByteBuffer bytes = memory.bytes();
    assertThat(bytes.get(0)).isZero();

    closeElsewhere(memory);

    assertThatThrownBy(() -> bytes.get(0)).isInstanceOf(IllegalStateException.class);
  }

  private static void closeElsewhere(DirectBuffer memory) throws InterruptedException {
    Thread other = new Thread(memory::close);
    other.start();
    other.join();
  }

  @Test
  void canBeClosedTwiceAndNotUsedAfterwards() {
    DirectBuffer memory = DirectBuffer.allocate(4);
    memory.close();
    memory.close();
    assertThatThrownBy(memory::bytes)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("The buffer was closed");
  }

  private static long held() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .findFirst()
        .orElseThrow()
        .getMemoryUsed();
  }
}
