package org.pellucid.backend.cuda.emulator;

/**
 * Loads and stores of 32 and 64 bits in one pass over the threads, where nothing but bounds and
 * alignment must be checked: most of what kernels do with memory. Java's own bounds checks find
 * what is out of range; {@link Access} then finds out what it was.
 */
final class DirectMoves {
  /** Bits of an address that are set where its offset is beyond any array. */
  static final long BEYOND = GlobalMemory.OFFSET_MASK & ~(long) Integer.MAX_VALUE;

  private DirectMoves() {}

  /** What a move throws that is misaligned or far out of range. */
  static IndexOutOfBoundsException wrongAddress() {
    return new IndexOutOfBoundsException("an address that an access cannot have");
  }

  /**
   * A load or store of one element, or null where it is not as simple.
   *
   * @param register its array
   * @param shift from the address to the element, in bytes
   * @param width of the whole access, which it is aligned to
   */
  static Step.EachLane of(boolean load, Object register, Access access, int shift, int width) {
    int[] near = access.intBase();
    int offset = (int) access.offset();
    Step.EachLane move;
    if (near != null) {
      byte[] memory = access.sharedBytes();
      move =
          load
              ? DirectLoads.near(register, memory, near, offset, shift, width - 1)
              : DirectStores.near(register, memory, near, offset, shift, width - 1);
    } else {
      long[] far = access.longBase();
      long start = access.offset();
      move =
          load
              ? DirectLoads.far(register, access.slots(), far, start, shift, width - 1)
              : DirectStores.far(register, access.slots(), far, start, shift, width - 1);
    }
    return move == null ? null : careful(move, access);
  }

  /** A move that is repeated with care when it meets something out of range. */
  private static Step.EachLane careful(Step.EachLane move, Access access) {
    return (from, to) -> {
      try {
        move.run(from, to);
      } catch (IndexOutOfBoundsException e) {
        access.resolve(from, to);
        throw e;
      }
    };
  }
}
