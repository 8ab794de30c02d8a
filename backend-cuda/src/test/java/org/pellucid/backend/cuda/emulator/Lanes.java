package org.pellucid.backend.cuda.emulator;

import java.util.Arrays;

/**
 * Some threads of a block, as runs of neighbours in ascending order: thread {@code i} is lane
 * {@code i}, and 32 lanes are a warp. Can be changed only where it says so.
 */
final class Lanes {
  /** Threads of a warp. */
  static final int WARP = 32;

  private int[] bounds;
  private int runs;
  private int count;

  Lanes() {
    this.bounds = new int[8];
  }

  /** All of a block. */
  static Lanes all(int threads) {
    Lanes lanes = new Lanes();
    lanes.add(0, threads);
    return lanes;
  }

  int runs() {
    return runs;
  }

  int from(int run) {
    return bounds[2 * run];
  }

  /** The end of a run, exclusive. */
  int to(int run) {
    return bounds[2 * run + 1];
  }

  int count() {
    return count;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** Changes this: appends a run behind all others. */
  void add(int from, int to) {
    if (from >= to) {
      return;
    }
    count += to - from;
    if (runs > 0 && bounds[2 * runs - 1] == from) {
      bounds[2 * runs - 1] = to;
      return;
    }
    if (2 * runs == bounds.length) {
      bounds = Arrays.copyOf(bounds, 2 * bounds.length);
    }
    bounds[2 * runs] = from;
    bounds[2 * runs + 1] = to;
    runs++;
  }

  /** Changes this: takes the lanes of another whose predicate is as wanted. */
  void select(Lanes of, boolean[] predicate, boolean wanted) {
    runs = 0;
    count = 0;
    for (int run = 0; run < of.runs; run++) {
      int to = of.to(run);
      int i = of.from(run);
      while (i < to) {
        while (i < to && predicate[i] != wanted) {
          i++;
        }
        int start = i;
        while (i < to && predicate[i] == wanted) {
          i++;
        }
        add(start, i);
      }
    }
  }

  /** A copy that nobody changes. */
  Lanes copy() {
    Lanes copy = new Lanes();
    copy.bounds = Arrays.copyOf(bounds, Math.max(8, 2 * runs));
    copy.runs = runs;
    copy.count = count;
    return copy;
  }

  /** The lanes of both, which have none in common. */
  Lanes union(Lanes other) {
    Lanes union = new Lanes();
    int i = 0;
    int j = 0;
    while (i < runs || j < other.runs) {
      if (j == other.runs || (i < runs && from(i) < other.from(j))) {
        union.add(from(i), to(i));
        i++;
      } else {
        union.add(other.from(j), other.to(j));
        j++;
      }
    }
    return union;
  }

  /** A bit for each lane of a warp that is among these. */
  int mask(int warp) {
    int mask = 0;
    int start = warp * WARP;
    for (int run = 0; run < runs; run++) {
      int from = Math.max(from(run), start);
      int to = Math.min(to(run), start + WARP);
      for (int i = from; i < to; i++) {
        mask |= 1 << (i - start);
      }
    }
    return mask;
  }
}
