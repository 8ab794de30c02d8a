package org.pellucid.metrics;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.pellucid.api.Trial;

/**
 * The pixels of a map, the highest first. Where several are equal, as where a map is 0, they come
 * in an order that is drawn: none of them is favoured, as the first rows would be by their index.
 *
 * @param order pixels by {@code y * width + x}
 */
record Ranking(int[] order) {
  /** Bits by which is sorted at a time. */
  private static final int DIGIT = 11;

  private static final int DIGITS = (Long.SIZE + DIGIT - 1) / DIGIT;

  private record OfShown() {}

  /** The order of the shown map, found once for all metrics of a map. */
  static Ranking of(Trial trial) {
    return trial.once(
        new OfShown(),
        Ranking.class,
        () -> {
          double[] map = trial.shown().toDoubleArray();
          Drawn drawn = new Drawn(map.length, trial.seed());
          int[] order = trial.onceForImage(drawn, int[].class, drawn::order);
          return of(map, order.clone());
        });
  }

  static Ranking of(double[] map, long seed) {
    return of(map, new Drawn(map.length, seed).order());
  }

  /** Sorts an order that is given away. */
  private static Ranking of(double[] map, int[] order) {
    sort(order, map);
    return new Ranking(order);
  }

  /** A random order. */
  private record Drawn(int length, long seed) {
    int[] order() {
      SplittableRandom random = new SplittableRandom(seed);
      int[] order = new int[length];
      for (int i = 0; i < order.length; i++) {
        int place = random.nextInt(i + 1);
        order[i] = order[place];
        order[place] = i;
      }
      return order;
    }
  }

  /** Sorts indices by their numbers, the highest first, equal ones in the order that they have. */
  private static void sort(int[] order, double[] map) {
    long[] keys = new long[map.length];
    for (int i = 0; i < keys.length; i++) {
      // Zero has a sign, which does not count.
      long bits = Double.doubleToLongBits(map[i] + 0.0);
      // As unsigned numbers these rise where the map's fall.
      keys[i] = ~(bits ^ (bits >> Long.SIZE - 1 | Long.MIN_VALUE));
    }
    // The upper half of a number almost always decides.
    sort(order, keys, DIGITS / 2);
    if (!settle(order, keys)) {
      sort(order, keys, 0);
    }
  }

  /**
   * Sorts by digits of the keys, equal ones in the order that they have.
   *
   * @param first the lowest digit that counts
   */
  private static void sort(int[] order, long[] keys, int first) {
    int[][] places = places(keys, first);
    int[] from = order;
    int[] to = new int[order.length];
    for (int digit = first; digit < DIGITS; digit++) {
      int[] next = places[digit];
      if (next == null) {
        continue;
      }
      int shift = digit * DIGIT;
      for (int index : from) {
        to[next[digit(keys[index], shift)]++] = index;
      }
      int[] swap = from;
      from = to;
      to = swap;
    }
    if (from != order) {
      System.arraycopy(from, 0, order, 0, order.length);
    }
  }

  /**
   * Sorts what is in order but for the lower digits, where only a few have the same upper ones.
   *
   * @return whether it is sorted; otherwise the order of equal keys is as it was
   */
  private static boolean settle(int[] order, long[] keys) {
    int moves = 0;
    for (int i = 1; i < order.length; i++) {
      int index = order[i];
      int place = i;
      while (place > 0 && Long.compareUnsigned(keys[order[place - 1]], keys[index]) > 0) {
        order[place] = order[place - 1];
        place--;
      }
      order[place] = index;
      moves += i - place;
      if (moves > order.length) {
        return false;
      }
    }
    return true;
  }

  /**
   * By digit, where the keys of each value begin when they are sorted by it; null where all have
   * the same, and below the first digit.
   */
  private static int[][] places(long[] keys, int first) {
    int[][] counts = new int[DIGITS][];
    for (int digit = first; digit < DIGITS && keys.length > 0; digit++) {
      int[] count = new int[1 << DIGIT];
      int shift = digit * DIGIT;
      for (long key : keys) {
        count[digit(key, shift)]++;
      }
      if (count[digit(keys[0], shift)] < keys.length) {
        begin(count);
        counts[digit] = count;
      }
    }
    return counts;
  }

  /** Turns numbers into how many come before. */
  private static void begin(int[] counts) {
    int before = 0;
    for (int value = 0; value < counts.length; value++) {
      int count = counts[value];
      counts[value] = before;
      before += count;
    }
  }

  private static int digit(long key, int shift) {
    return (int) (key >>> shift) & (1 << DIGIT) - 1;
  }

  /** By pixel, how many come before it. */
  int[] places() {
    int[] places = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      places[order[i]] = i;
    }
    return places;
  }

  /** The lowest pixel first. */
  int[] reversed() {
    int[] reversed = order.clone();
    for (int i = 0; i < reversed.length; i++) {
      reversed[i] = order[order.length - 1 - i];
    }
    return reversed;
  }

  /** Two rankings are equal where their orders are. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Ranking ranking && Arrays.equals(order, ranking.order);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(order);
  }

  @Override
  public String toString() {
    return Arrays.toString(order);
  }
}
