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
        new OfShown(), Ranking.class, () -> of(trial.shown().toDoubleArray(), trial.seed()));
  }

  static Ranking of(double[] map, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] order = new int[map.length];
    for (int i = 0; i < order.length; i++) {
      int place = random.nextInt(i + 1);
      order[i] = order[place];
      order[place] = i;
    }
    sort(order, map);
    return new Ranking(order);
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
    int[] from = order;
    int[] to = new int[order.length];
    for (int shift = 0; shift < Long.SIZE; shift += DIGIT) {
      int[] places = places(keys, shift);
      if (places == null) {
        continue;
      }
      for (int index : from) {
        to[places[digit(keys[index], shift)]++] = index;
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
   * Where the keys of each digit begin when they are sorted by it; null where all have the same.
   */
  private static int[] places(long[] keys, int shift) {
    int[] counts = new int[1 << DIGIT];
    for (long key : keys) {
      counts[digit(key, shift)]++;
    }
    int before = 0;
    for (int digit = 0; digit < counts.length; digit++) {
      int count = counts[digit];
      if (count == keys.length) {
        return null;
      }
      counts[digit] = before;
      before += count;
    }
    return counts;
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
