package org.pellucid.backend.cuda.emulator;

import java.util.function.Supplier;

/**
 * Loads and stores of 32 bits in one pass over the threads, where nothing but bounds and alignment
 * must be checked: most of what kernels do with memory. Java's own bounds checks find what is out
 * of range; {@link Access} then finds out what it was.
 */
final class DirectMoves {
  /** Bits of an address that are set where its offset is beyond any array. */
  private static final long BEYOND = GlobalMemory.OFFSET_MASK & ~(long) Integer.MAX_VALUE;

  private DirectMoves() {}

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

  /**
   * A load or store of one element, or null where it is not as simple.
   *
   * @param register {@code float[]} or {@code int[]}
   * @param shift from the address to the element, in bytes
   * @param width of the whole access, which it is aligned to
   */
  static Step.EachLane of(boolean load, Object register, Access access, int shift, int width) {
    Step.EachLane move = null;
    if (access.intBase() != null) {
      byte[] memory = access.sharedBytes();
      int[] base = access.intBase();
      int offset = (int) access.offset();
      if (register instanceof float[] f) {
        move =
            load
                ? loadShared(f, memory, base, offset, shift, width - 1)
                : storeShared(f, memory, base, offset, shift, width - 1);
      } else if (register instanceof int[] r) {
        move =
            load
                ? loadShared(r, memory, base, offset, shift, width - 1)
                : storeShared(r, memory, base, offset, shift, width - 1);
      }
    } else {
      Supplier<byte[][]> memory = access.slots();
      long[] base = access.longBase();
      long offset = access.offset();
      if (register instanceof float[] f) {
        move =
            load
                ? loadWide(f, memory, base, offset, shift, width - 1)
                : storeWide(f, memory, base, offset, shift, width - 1);
      } else if (register instanceof int[] r) {
        move =
            load
                ? loadWide(r, memory, base, offset, shift, width - 1)
                : storeWide(r, memory, base, offset, shift, width - 1);
      }
    }
    return move == null ? null : careful(move, access);
  }

  private static IndexOutOfBoundsException misaligned() {
    return new IndexOutOfBoundsException("misaligned");
  }

  private static Step.EachLane loadShared(
      float[] d, byte[] memory, int[] base, int offset, int shift, int mask) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        int at = base[i] + offset;
        if ((at & mask) != 0) {
          throw misaligned();
        }
        d[i] = (float) Bytes.FLOAT.get(memory, at + shift);
      }
    };
  }

  private static Step.EachLane loadShared(
      int[] d, byte[] memory, int[] base, int offset, int shift, int mask) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        int at = base[i] + offset;
        if ((at & mask) != 0) {
          throw misaligned();
        }
        d[i] = (int) Bytes.INT.get(memory, at + shift);
      }
    };
  }

  private static Step.EachLane storeShared(
      float[] a, byte[] memory, int[] base, int offset, int shift, int mask) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        int at = base[i] + offset;
        if ((at & mask) != 0) {
          throw misaligned();
        }
        Bytes.FLOAT.set(memory, at + shift, a[i]);
      }
    };
  }

  private static Step.EachLane storeShared(
      int[] a, byte[] memory, int[] base, int offset, int shift, int mask) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        int at = base[i] + offset;
        if ((at & mask) != 0) {
          throw misaligned();
        }
        Bytes.INT.set(memory, at + shift, a[i]);
      }
    };
  }

  private static Step.EachLane loadWide(
      float[] d, Supplier<byte[][]> memory, long[] base, long offset, int shift, int mask) {
    return (from, to) -> {
      byte[][] all = memory.get();
      for (int i = from; i < to; i++) {
        long address = base[i] + offset;
        if ((address & (BEYOND | mask)) != 0) {
          throw misaligned();
        }
        byte[] bytes = all[(int) (address >>> GlobalMemory.OFFSET_BITS)];
        d[i] = (float) Bytes.FLOAT.get(bytes, (int) address + shift);
      }
    };
  }

  private static Step.EachLane loadWide(
      int[] d, Supplier<byte[][]> memory, long[] base, long offset, int shift, int mask) {
    return (from, to) -> {
      byte[][] all = memory.get();
      for (int i = from; i < to; i++) {
        long address = base[i] + offset;
        if ((address & (BEYOND | mask)) != 0) {
          throw misaligned();
        }
        byte[] bytes = all[(int) (address >>> GlobalMemory.OFFSET_BITS)];
        d[i] = (int) Bytes.INT.get(bytes, (int) address + shift);
      }
    };
  }

  private static Step.EachLane storeWide(
      float[] a, Supplier<byte[][]> memory, long[] base, long offset, int shift, int mask) {
    return (from, to) -> {
      byte[][] all = memory.get();
      for (int i = from; i < to; i++) {
        long address = base[i] + offset;
        if ((address & (BEYOND | mask)) != 0) {
          throw misaligned();
        }
        byte[] bytes = all[(int) (address >>> GlobalMemory.OFFSET_BITS)];
        Bytes.FLOAT.set(bytes, (int) address + shift, a[i]);
      }
    };
  }

  private static Step.EachLane storeWide(
      int[] a, Supplier<byte[][]> memory, long[] base, long offset, int shift, int mask) {
    return (from, to) -> {
      byte[][] all = memory.get();
      for (int i = from; i < to; i++) {
        long address = base[i] + offset;
        if ((address & (BEYOND | mask)) != 0) {
          throw misaligned();
        }
        byte[] bytes = all[(int) (address >>> GlobalMemory.OFFSET_BITS)];
        Bytes.INT.set(bytes, (int) address + shift, a[i]);
      }
    };
  }
}
