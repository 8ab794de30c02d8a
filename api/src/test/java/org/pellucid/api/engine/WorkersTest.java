package org.pellucid.api.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pellucid.api.CancelledException;

/** Pieces are all done or nobody is at one any more, whatever happens to the threads. */
class WorkersTest {
  private static CancelledException cancelled(int begun) {
    return new CancelledException("after " + begun);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void resultsComeInOrderFromSeveralThreads() {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    CountDownLatch three = new CountDownLatch(3);
    try (Workers workers = new Workers(2, "piece")) {
      assertThat(
              workers.all(
                  3,
                  20,
                  piece -> {
                    threads.add(Thread.currentThread());
                    three.countDown();
                    await(three);
                    return 10 * piece;
                  },
                  WorkersTest::cancelled))
          .isEqualTo(IntStream.range(0, 20).mapToObj(piece -> 10 * piece).toList());
    }
    assertThat(threads).hasSize(3).contains(Thread.currentThread());
  }

  /** As where the system has no thread left: some may have begun, and the caller frees nothing. */
  @Test
  void whoFindsNoHelpDoesAllPieces() {
    Workers workers = new Workers(2, "piece");
    workers.close();
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    assertThat(
            workers.all(
                3,
                5,
                piece -> {
                  threads.add(Thread.currentThread());
                  return piece;
                },
                WorkersTest::cancelled))
        .containsExactly(0, 1, 2, 3, 4);
    assertThat(threads).containsExactly(Thread.currentThread());
  }

  @Test
  void closingLetsGoOnWhatIsUnderWay() {
    try (Workers workers = new Workers(1, "piece")) {
      CountDownLatch two = new CountDownLatch(2);
      assertThat(
              workers.all(
                  2,
                  6,
                  piece -> {
                    two.countDown();
                    await(two);
                    workers.close();
                    return piece;
                  },
                  WorkersTest::cancelled))
          .containsExactly(0, 1, 2, 3, 4, 5);
    }
  }

  @Test
  void aFailureIsToldWhenNobodyIsAtAPieceAnyMore() {
    AtomicInteger busy = new AtomicInteger();
    CountDownLatch two = new CountDownLatch(2);
    try (Workers workers = new Workers(1, "piece")) {
      assertThatThrownBy(
              () ->
                  workers.all(
                      2,
                      10,
                      piece -> {
                        busy.incrementAndGet();
                        two.countDown();
                        await(two);
                        if (piece == 0) {
                          busy.decrementAndGet();
                          throw new IllegalArgumentException("piece 0");
                        }
                        try {
                          Thread.sleep(100);
                        } catch (InterruptedException e) {
                          throw new IllegalStateException(e);
                        }
                        busy.decrementAndGet();
                        return piece;
                      },
                      WorkersTest::cancelled))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("piece 0");
      assertThat(busy).hasValue(0);
    }
  }
}
