package org.pellucid.backend.cuda;

/**
 * The size of the tiles that a product of matrices is cut into, one per block of threads, and into
 * how many parts its sums are split: small results would otherwise leave most of a card idle.
 *
 * @param name the end of the kernel's name
 * @param rows of the result per block
 * @param columns of the result per block
 * @param threads of a block
 * @param splits parts of each sum
 * @param splitTerms terms of a part
 */
record Tiles(String name, int rows, int columns, int threads, int splits, int splitTerms) {
  /** Terms of a part, at least: less is not worth adding up. */
  private static final int FEWEST_TERMS = 128;

  /** Parts, at most. */
  private static final int MOST_SPLITS = 32;

  /** The parts are multiples of the terms that go through shared memory at a time. */
  private static final int STEP = 16;

  private static final int SMALL = 16;
  private static final int MIDDLE = 64;
  private static final int LARGE = 128;

  /**
   * Chooses.
   *
   * @param count how many products there are
   * @param processors of the card
   */
  static Tiles of(long rows, long columns, int terms, long count, int processors) {
    if (rows <= SMALL) {
      return new Tiles("16x64", SMALL, MIDDLE, 128, 1, terms)
          .split(rows, columns, terms, count, processors);
    }
    Tiles large = new Tiles("128x128", LARGE, LARGE, 256, 1, terms);
    if (rows > MIDDLE && columns > MIDDLE && large.blocks(rows, columns) * count >= processors) {
      return large;
    }
    return new Tiles("64x64", MIDDLE, MIDDLE, 256, 1, terms)
        .split(rows, columns, terms, count, processors);
  }

  /** The same tiles with whole sums. */
  Tiles whole() {
    return new Tiles(name, rows, columns, threads, 1, 0);
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
    return new Tiles(name, rows, columns, threads, (terms + part - 1) / part, part);
  }

  /** The grid, for so many products. */
  Dim3 grid(long height, long width, int count) {
    return new Dim3(
        Math.toIntExact((width + columns - 1) / columns),
        Math.toIntExact((height + rows - 1) / rows),
        count * splits);
  }
}
