package org.pellucid.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AheadTest {
  private final List<String> made = Collections.synchronizedList(new ArrayList<>());
  private final List<String> used = new ArrayList<>();
  private final Chunks chunks = new Chunks(Progress.NONE);

  private void run(int count, int most, boolean slow, Ahead.Using<String> using) {
    try (Ahead<String> ahead =
        new Ahead<>(
            (from, length) -> {
              if (slow) {
                sleep();
              }
              made.add(from + "+" + length);
              return from + "+" + length;
            },
            using)) {
      chunks.run(count, most, "Work", ahead);
    }
  }

  private static void sleep() {
    try {
      TimeUnit.NANOSECONDS.sleep(2 * Ahead.WORTH_A_THREAD);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void eachChunkGetsItsOwn() {
    for (boolean slow : new boolean[] {false, true}) {
      made.clear();
      used.clear();
      run(17, 5, slow, (from, count, what) -> used.add(from + "+" + count + "=" + what));
      assertThat(used).containsExactly("0+4=0+4", "4+4=4+4", "8+4=8+4", "12+5=12+5");
      assertThat(made).containsExactly("0+4", "4+4", "8+4", "12+5");
    }
  }

  @Test
  void whatTakesLongIsMadeMeanwhile() {
    run(
        6,
        2,
        true,
        (from, count, what) -> {
          if (from < 4) {
            // It comes without being asked for.
            ForkJoinPool.commonPool().awaitQuiescence(10, TimeUnit.SECONDS);
            assertThat(made).contains(from + 2 + "+2");
          }
          used.add(what);
        });
    assertThat(used).containsExactly("0+2", "2+2", "4+2");
    assertThat(made).hasSize(3);
  }

  /** What was made of a chunk that is cut in halves is left, and the halves are made. */
  @Test
  void whatDoesNotFitIsMadeAgain() {
    run(
        8,
        4,
        true,
        (from, count, what) -> {
          if (count > 2) {
            throw new BackendException("No memory") {
              private static final long serialVersionUID = 1L;

              @Override
              public boolean isOutOfMemory() {
                return true;
              }
            };
          }
          used.add(what);
        });
    assertThat(used).containsExactly("0+2", "2+2", "4+2", "6+2");
  }

  /** A failure comes when its chunk does, as it was. */
  @Test
  void failuresComeInTheirTurn() {
    IllegalStateException failure = new IllegalStateException("third");
    try (Ahead<String> ahead =
        new Ahead<>(
            (from, count) -> {
              sleep();
              if (from == 2) {
                throw failure;
              }
              return "made";
            },
            (from, count, what) -> used.add(what))) {
      assertThatThrownBy(() -> chunks.run(4, 1, "Work", ahead)).isSameAs(failure);
    }
    assertThat(used).hasSize(2);
  }
}
