package org.pellucid.backend.cuda;

/**
 * The size of the tiles that a product of matrices is cut into, one per block of threads, and into
 * how many parts its sums are split: small results would otherwise leave most of a card idle.
 *
 * @param rows of the result per block
 * @param columns of the result per block
 * @param threads of a block
 * @param cores the end of the names of kernels for tensor cores; empty without
 * @param splits parts of each sum
 * @param splitTerms terms of a part
 */
record Tiles(int rows, int columns, int threads, String cores, int splits, int splitTerms) {
  /** Terms of a part, at least: less is not worth adding up. */
  private static final int FEWEST_TERMS = 128;

  /** Parts, at most. */
  private static final int MOST_SPLITS = 32;

  /** The parts are multiples of the terms that go through shared memory at a time. */
  private static final int STEP = 16;

  private static final int SMALL = 16;
  private static final int MIDDLE = 64;
  private static final int LARGE = 128;

  /** Steps that kernels for tensor cores have on the way, and the room between rows: as there. */
  private static final int STAGES = 3;

  private static final int SKEW = 8;

  /**
   * Chooses.
   *
   * @param count how many products there are
   */
  static Tiles of(long rows, long columns, int terms, long count, CudaEngine engine) {
    int processors = engine.device().limits().processors();
    String cores = engine.tensorCores();
    if (rows <= SMALL) {
      return new Tiles(SMALL, MIDDLE, 128, "", 1, terms)
          .split(rows, columns, terms, count, processors);
    }
    Tiles large = new Tiles(LARGE, LARGE, 256, cores, 1, terms);
    if (rows > MIDDLE && columns > MIDDLE && large.blocks(rows, columns) * count >= processors) {
      return large;
    }
    return new Tiles(MIDDLE, MIDDLE, cores.isEmpty() ? 256 : 128, cores, 1, terms)
        .split(rows, columns, terms, count, processors);
  }

  /** The same tiles with whole sums. */
  Tiles whole() {
    return new Tiles(rows, columns, threads, cores, 1, 0);
  }

  /**
   * The kernel for these tiles.
   *
   * @param inside whether no padding is read
   */
  String kernel(String kind, boolean inside) {
    return kind + "_" + rows + "x" + columns + (inside ? "_inside" : "") + cores;
  }

  /** Shared memory that a block needs beside what the kernel has. */
  int sharedBytes() {
    return cores.isEmpty() ? 0 : STAGES * STEP * (rows + columns + 2 * SKEW) * Float.BYTES;
  }

  private long blocks(long height, long width) {
    return ((height + rows - 1) / rows) * ((width + columns - 1) / columns);
  }

  private Tiles split(long height, long width, int terms, long count, int processors) {
    long blocks = blocks(height, width) * count;
    // Two blocks per processor hide each other's waiting.
    long wanted = Math.min(2L * processors / Math.max(1, blocks), MOST_SPLITS);
    long most = Math.min(wanted, terms / FEWEST_TERMS);
    if (most < 2) {
      return this;
    }
    int part = (int) ((terms + most - 1) / most + STEP - 1) / STEP * STEP;
    return new Tiles(rows, columns, threads, cores, (terms + part - 1) / part, part);
  }

  /** The grid, for so many products. */
  Dim3 grid(long height, long width, int count) {
    return new Dim3(
        Math.toIntExact((width + columns - 1) / columns),
        Math.toIntExact((height + rows - 1) / rows),
        count * splits);
  }
}
