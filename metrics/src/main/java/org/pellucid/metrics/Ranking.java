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
    int[][] places = places(keys);
    int[] from = order;
    int[] to = new int[order.length];
    for (int digit = 0; digit < places.length; digit++) {
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
   * By digit, the lowest first, where the keys of each value begin when they are sorted by it; null
   * where all have the same.
   */
  private static int[][] places(long[] keys) {
    int[][] counts = new int[(Long.SIZE + DIGIT - 1) / DIGIT][1 << DIGIT];
    for (long key : keys) {
      for (int digit = 0; digit < counts.length; digit++) {
        counts[digit][digit(key, digit * DIGIT)]++;
      }
    }
    for (int digit = 0; digit < counts.length; digit++) {
      if (keys.length > 0 && counts[digit][digit(keys[0], digit * DIGIT)] == keys.length) {
        counts[digit] = null;
      } else {
        begin(counts[digit]);
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
