package org.pellucid.core.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReadAheadTest {
  @Test
  void itemsComeInTheirOrderAndOneIsReadBefore() {
    AtomicInteger read = new AtomicInteger();
    ReadAhead<Integer, String> ahead =
        new ReadAhead<>(
            List.of(3, 1, 2),
            item -> {
              read.incrementAndGet();
              return "read " + item;
            });
    List<String> found = new ArrayList<>();
    while (ahead.hasNext()) {
      found.add(ahead.next().get());
      ForkJoinPool.commonPool().awaitQuiescence(10, TimeUnit.SECONDS);
      assertThat(read.get()).isEqualTo(Math.min(3, found.size() + 1));
    }
    assertThat(found).containsExactly("read 3", "read 1", "read 2");
    assertThat(new ReadAhead<>(List.of(), item -> item).hasNext()).isFalse();
  }

  /** A failure is that of its item; those after it are read. */
  @Test
  void failuresComeWithTheirItems() {
    OutOfMemoryError error = new OutOfMemoryError("a large one");
    IllegalStateException exception = new IllegalStateException("a damaged one");
    ReadAhead<Integer, Integer> ahead =
        new ReadAhead<>(
            List.of(0, 1, 2),
            item -> {
              if (item == 0) {
                throw error;
              }
              if (item == 1) {
                throw exception;
              }
              return item;
            });
    ReadAhead.Next<Integer, Integer> first = ahead.next();
    assertThat(first.item()).isZero();
    assertThatThrownBy(first::get).isSameAs(error);
    assertThatThrownBy(ahead.next()::get).isSameAs(exception);
    assertThat(ahead.next().get()).isEqualTo(2);
    assertThat(ahead.hasNext()).isFalse();
  }
}
