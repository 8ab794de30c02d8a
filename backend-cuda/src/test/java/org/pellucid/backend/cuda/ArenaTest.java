package org.pellucid.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ArenaTest {
  /** A step that touches some slots. */
  private record Touch(List<Place> places) implements Step {
    static Touch of(Place... places) {
      return new Touch(List.of(places));
    }

    @Override
    public void run(Run run) {
      throw new AssertionError();
    }
  }

  @Test
  void whatIsNotNeededTogetherSharesMemory() {
    Place.Slot a = new Place.Slot(1000);
    Place.Slot b = new Place.Slot(1000);
    Place.Slot c = new Place.Slot(1000);
    Arena arena = Arena.of(List.of(Touch.of(a), Touch.of(a, b), Touch.of(b, c), Touch.of(c)), 256);

    assertThat(arena.bytes()).isEqualTo(1024 + 1000);
    assertThat(arena.offsets().get(a)).isEqualTo(arena.offsets().get(c));
  }

  @Test
  void stepsNeverShareWhatTheyNeedTogether() {
    Random random = new Random(1);
    List<Place.Slot> slots = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      slots.add(new Place.Slot(1 + random.nextInt(5000)));
    }
    List<Touch> steps = new ArrayList<>();
    for (int i = 0; i < 90; i++) {
      int from = Math.max(0, i * 60 / 90 - 5);
      steps.add(
          Touch.of(
              slots.get(from + random.nextInt(5)),
              slots.get(Math.min(59, from + 5 + random.nextInt(3)))));
    }
    Arena arena = Arena.of(steps, 256);

    for (Place.Slot one : slots) {
      for (Place.Slot other : slots) {
        if (one != other
            && arena.offsets().containsKey(one)
            && arena.offsets().containsKey(other)) {
          boolean together =
              first(steps, one) <= last(steps, other) && first(steps, other) <= last(steps, one);
          long start = arena.offsets().get(one);
          long otherStart = arena.offsets().get(other);
          boolean apart = start + one.bytes() <= otherStart || otherStart + other.bytes() <= start;
          assertThat(apart || !together).isTrue();
          assertThat(start % 256).isZero();
          assertThat(start + one.bytes()).isLessThanOrEqualTo(arena.bytes());
        }
      }
    }
  }

  private static int first(List<Touch> steps, Place.Slot slot) {
    int at = 0;
    while (!steps.get(at).places().contains(slot)) {
      at++;
    }
    return at;
  }

  private static int last(List<Touch> steps, Place.Slot slot) {
    int at = steps.size() - 1;
    while (!steps.get(at).places().contains(slot)) {
      at--;
    }
    return at;
  }
}
