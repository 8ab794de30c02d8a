package org.pellucid.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChunksTest {
  private static final class NoMemory extends BackendException {
    private static final long serialVersionUID = 1L;

    NoMemory(int wanted) {
      super("No memory for " + wanted);
    }

    @Override
    public boolean isOutOfMemory() {
      return true;
    }
  }

  private final List<String> ran = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private final Chunks chunks = new Chunks((done, total) -> told.add(done + "/" + total));

  /** Work that has room for so many samples. */
  private Chunks.Work room(int most) {
    return (from, count) -> {
      if (count > most) {
        throw new NoMemory(count);
      }
      ran.add(from + "+" + count);
    };
  }

  @Test
  void chunksDifferByOneAtMost() {
    chunks.run(25, 9, "Work", room(100));
    assertThat(ran).containsExactly("0+8", "8+8", "16+9");
    assertThat(told).containsExactly("8/25", "16/25", "25/25");
  }

  /** What did not fit is done in two halves, and the rest in chunks that are no larger. */
  @Test
  void whatDoesNotFitIsHalved() {
    List<Integer> tried = new ArrayList<>();
    chunks.run(
        25,
        9,
        "Work",
        (from, count) -> {
          tried.add(count);
          room(from < 8 ? 100 : 4).run(from, count);
        });
    assertThat(tried).containsExactly(8, 8, 4, 4, 3, 3, 3);
    assertThat(ran).containsExactly("0+8", "8+4", "12+4", "16+3", "19+3", "22+3");
    assertThat(told).endsWith("22/25", "25/25");
    // Other work of the same kind does not try again.
    ran.clear();
    chunks.run(8, 9, "Work", room(4));
    assertThat(ran).containsExactly("0+4", "4+4");
  }

  @Test
  void halvesOnce() {
    assertThatThrownBy(() -> chunks.run(25, 9, "Work", room(3)))
        .isInstanceOf(NoMemory.class)
        .hasMessage("No memory for 4");
    assertThat(ran).isEmpty();
    // What failed is no longer expected.
    chunks.run(2, 9, "Work", room(3));
    assertThat(told).containsExactly("2/2");
  }

  @Test
  void aSingleSampleAndOtherFailuresAreNotTriedAgain() {
    assertThatThrownBy(() -> chunks.run(3, 1, "Work", room(0))).hasMessage("No memory for 1");
    List<Integer> tried = new ArrayList<>();
    assertThatThrownBy(
            () ->
                chunks.run(
                    8,
                    8,
                    "Work",
                    (from, count) -> {
                      tried.add(count);
                      throw new BackendException("Broken");
                    }))
        .hasMessage("Broken");
    assertThat(tried).containsExactly(8);
  }
}
