package org.pellucid.backend.cuda;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives slots places in one block of memory, such that two share bytes only if no step needs both.
 * The largest are placed first, each as low as those allow that are needed at the same time.
 *
 * @param offsets where each slot lies, in bytes
 * @param bytes the size of the block
 */
record Arena(Map<Place.Slot, Long> offsets, long bytes) {
  /** A slot from the first step that needs it to the last. */
  private record Life(Place.Slot slot, int first, int last) {
    boolean overlaps(Life other) {
      return first <= other.last && other.first <= last;
    }
  }

  /** Places the slots of steps. */
  static Arena of(List<? extends Step> steps, int alignment) {
    Map<Place.Slot, Life> lives = new LinkedHashMap<>();
    for (int i = 0; i < steps.size(); i++) {
      for (Place place : steps.get(i).places()) {
        if (place instanceof Place.Slot slot) {
          Life known = lives.get(slot);
          lives.put(slot, new Life(slot, known == null ? i : known.first(), i));
        }
      }
    }
    List<Life> ordered = new ArrayList<>(lives.values());
    ordered.sort(Comparator.comparingLong((Life life) -> life.slot().bytes()).reversed());
    Map<Place.Slot, Long> offsets = new HashMap<>();
    List<Life> placed = new ArrayList<>();
    long bytes = 0;
    for (Life life : ordered) {
      long offset = lowest(life, placed, offsets, alignment);
      offsets.put(life.slot(), offset);
      placed.add(life);
      placed.sort(Comparator.comparingLong(other -> offsets.get(other.slot())));
      bytes = Math.max(bytes, offset + life.slot().bytes());
    }
    return new Arena(offsets, bytes);
  }

  /** The lowest place between those that are needed at the same time, which come in order. */
  private static long lowest(
      Life life, List<Life> placed, Map<Place.Slot, Long> offsets, int alignment) {
    long offset = 0;
    for (Life other : placed) {
      if (other.overlaps(life)) {
        long start = offsets.get(other.slot());
        if (offset + life.slot().bytes() <= start) {
          return offset;
        }
        long end = start + other.slot().bytes();
        offset = Math.max(offset, (end + alignment - 1) / alignment * alignment);
      }
    }
    return offset;
  }
}
