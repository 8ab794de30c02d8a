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

  /** A stable merge sort of indices, from below. */
  private static void sort(int[] order, double[] map) {
    int[] from = order;
    int[] to = new int[order.length];
    for (int run = 1; run < order.length; run *= 2) {
      for (int start = 0; start < order.length; start += 2 * run) {
        int middle = Math.min(order.length, start + run);
        int end = Math.min(order.length, start + 2 * run);
        int left = start;
        int right = middle;
        for (int i = start; i < end; i++) {
          boolean takesLeft =
              left < middle && (right >= end || map[from[left]] >= map[from[right]]);
          to[i] = takesLeft ? from[left++] : from[right++];
        }
      }
      int[] swap = from;
      from = to;
      to = swap;
    }
    if (from != order) {
      System.arraycopy(from, 0, order, 0, order.length);
    }
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
