package org.pellucid.backend.cuda;

import java.util.List;

/**
 * The size of the tiles that a product of matrices is cut into, one per block of threads, and into
 * how many parts its sums are split: small results would otherwise leave most of a card idle.
 *
 * @param tile one of those that there are kernels for
 * @param cores the end of the names of kernels for tensor cores; empty without
 * @param splits parts of each sum
 * @param splitTerms terms of a part
 */
record Tiles(Tile tile, String cores, int splits, int splitTerms) {
  /**
   * A tile.
   *
   * @param rows of the result per block
   * @param columns of the result per block
   * @param threads of a block
   * @param cycles of a multiprocessor that a block takes for a step where others fill its pauses,
   *     estimated from its instructions; what counts are the ratios
   */
  record Tile(int rows, int columns, int threads, int cycles) {
    long blocks(long height, long width) {
      return ((height + rows - 1) / rows) * ((width + columns - 1) / columns);
    }
  }

  private static final Tile FLAT = new Tile(16, 64, 128, 250);
  private static final List<Tile> PLAIN =
      List.of(new Tile(128, 128, 256, 2600), new Tile(64, 64, 256, 800));
  private static final List<Tile> ON_CORES =
      List.of(
          new Tile(128, 128, 256, 520), new Tile(64, 128, 128, 300), new Tile(64, 64, 128, 200));

  /** Terms that go through shared memory at a time; parts are multiples of it. */
  private static final int STEP = Terms.STEP;

  /** Terms of a part, at least: less is not worth adding up. */
  private static final int FEWEST_TERMS = 128;

  /** Parts, at most. */
  private static final int MOST_SPLITS = 32;

  /** Cycles that a step takes at least, as its numbers must come before they are multiplied. */
  private static final int LATENCY = 400;

  /** What a block does before its first step and after its last, in steps. */
  private static final int ENDS = 8;

  /** What adding up parts takes: to begin with, and for so many elements in a cycle. */
  private static final int COMBINING = 4000;

  private static final int COMBINED_PER_CYCLE = 250;

  /** Steps that kernels for tensor cores have on the way, and the room between rows: as there. */
  private static final int STAGES = 4;

  private static final int SKEW = 8;

  /**
   * Chooses.
   *
   * @param count how many products there are
   */
  static Tiles of(long rows, long columns, int terms, long count, CudaEngine engine) {
    boolean flat = rows <= FLAT.rows();
    String cores = flat ? "" : engine.tensorCores();
    List<Tile> tiles = flat ? List.of(FLAT) : cores.isEmpty() ? PLAIN : ON_CORES;
    int processors = engine.device().limits().processors();
    Tiles best = null;
    double least = Double.POSITIVE_INFINITY;
    for (Tile tile : tiles) {
      long blocks = tile.blocks(rows, columns) * count;
      int most = Math.max(1, Math.min(MOST_SPLITS, terms / FEWEST_TERMS));
      for (int splits = 1; splits <= most; splits++) {
        int part = splits == 1 ? terms : multiple((terms + splits - 1) / splits);
        int parts = splits == 1 ? 1 : (terms + part - 1) / part;
        long perProcessor = (blocks * parts + processors - 1) / processors;
        double cycles =
            ((part + STEP - 1) / STEP + ENDS)
                * (double) Math.max(perProcessor * tile.cycles(), LATENCY);
        if (parts > 1) {
          cycles += COMBINING + (double) rows * columns * count * parts / COMBINED_PER_CYCLE;
        }
        if (cycles < least) {
          least = cycles;
          best = new Tiles(tile, cores, parts, part);
        }
      }
    }
    return best;
  }

  private static int multiple(int terms) {
    return (terms + STEP - 1) / STEP * STEP;
  }

  /** The same tiles with whole sums. */
  Tiles whole() {
    return new Tiles(tile, cores, 1, 0);
  }

  /** Whether it is done on tensor cores. */
  boolean onTensorCores() {
    return !cores.isEmpty();
  }

  /** The kernel for these tiles, {@code conv}, {@code conv} by taps, or {@code gemm}. */
  String kernel(String kind, boolean byTap) {
    return kind + "_" + tile.rows() + "x" + tile.columns() + (byTap ? "_taps" : "") + cores;
  }

  /** Threads of a block. */
  int threads() {
    return tile.threads();
  }

  /** Shared memory that a block needs beside what the kernel has. */
  int sharedBytes() {
    return cores.isEmpty()
        ? 0
        : STAGES * STEP * (tile.rows() + tile.columns() + 2 * SKEW) * Float.BYTES;
  }

  /** The grid, for so many products. */
  Dim3 grid(long height, long width, int count) {
    return new Dim3(
        Math.toIntExact((width + tile.columns() - 1) / tile.columns()),
        Math.toIntExact((height + tile.rows() - 1) / tile.rows()),
        count * splits);
  }
}
