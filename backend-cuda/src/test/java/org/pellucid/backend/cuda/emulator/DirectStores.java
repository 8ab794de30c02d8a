package org.pellucid.backend.cuda.emulator;

import java.util.function.Supplier;

/** Stores of 32 and 64 bits in one pass over the threads: see {@link DirectMoves}. */
final class DirectStores {
  private DirectStores() {}

  /** In one array, by addresses of 32 bits; null for other registers. */
  static Step.EachLane near(
      Object register, byte[] memory, int[] base, int offset, int shift, int mask) {
    if (register instanceof float[] r) {
      return near(r, memory, base, offset, shift, mask);
    }
    if (register instanceof int[] r) {
      return near(r, memory, base, offset, shift, mask);
    }
    if (register instanceof double[] r) {
      return near(r, memory, base, offset, shift, mask);
    }
    if (register instanceof long[] r) {
      return near(r, memory, base, offset, shift, mask);
    }
    return null;
  }

  /** In the array that the upper bits of an address name; null for other registers. */
  static Step.EachLane far(
      Object register, Supplier<byte[][]> memory, long[] base, long offset, int shift, int mask) {
    if (register instanceof float[] r) {
      return far(r, memory, base, offset, shift, mask);
    }
    if (register instanceof int[] r) {
      return far(r, memory, base, offset, shift, mask);
    }
    if (register instanceof double[] r) {
      return far(r, memory, base, offset, shift, mask);
    }
    if (register instanceof long[] r) {
      return far(r, memory, base, offset, shift, mask);
    }
    return null;
  }

  private static Step.EachLane near(
      float[] r, byte[] memory, int[] base, int offset, int shift, int mask) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        int at = base[i] + offset;
        if ((at & mask) != 0) {
          throw DirectMoves.wrongAddress();
        }
        Bytes.FLOAT.set(memory, at + shift, r[i]);
      }
    };
  }

  private static Step.EachLane far(
      float[] r, Supplier<byte[][]> memory, long[] base, long offset, int shift, int mask) {
    return (from, to) -> {
      byte[][] all = memory.get();
      for (int i = from; i < to; i++) {
        long address = base[i] + offset;
        if ((address & (DirectMoves.BEYOND | mask)) != 0) {
          throw DirectMoves.wrongAddress();
        }
        byte[] bytes = all[(int) (address >>> GlobalMemory.OFFSET_BITS)];
        Bytes.FLOAT.set(bytes, (int) address + shift, r[i]);
      }
    };
  }

  private static Step.EachLane near(
      int[] r, byte[] memory, int[] base, int offset, int shift, int mask) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        int at = base[i] + offset;
        if ((at & mask) != 0) {
          throw DirectMoves.wrongAddress();
        }
        Bytes.INT.set(memory, at + shift, r[i]);
      }
    };
  }

  private static Step.EachLane far(
      int[] r, Supplier<byte[][]> memory, long[] base, long offset, int shift, int mask) {
    return (from, to) -> {
      byte[][] all = memory.get();
      for (int i = from; i < to; i++) {
        long address = base[i] + offset;
        if ((address & (DirectMoves.BEYOND | mask)) != 0) {
          throw DirectMoves.wrongAddress();
        }
        byte[] bytes = all[(int) (address >>> GlobalMemory.OFFSET_BITS)];
        Bytes.INT.set(bytes, (int) address + shift, r[i]);
      }
    };
  }

  private static Step.EachLane near(
      double[] r, byte[] memory, int[] base, int offset, int shift, int mask) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        int at = base[i] + offset;
        if ((at & mask) != 0) {
          throw DirectMoves.wrongAddress();
        }
        Bytes.DOUBLE.set(memory, at + shift, r[i]);
      }
    };
  }

  private static Step.EachLane far(
      double[] r, Supplier<byte[][]> memory, long[] base, long offset, int shift, int mask) {
    return (from, to) -> {
      byte[][] all = memory.get();
      for (int i = from; i < to; i++) {
        long address = base[i] + offset;
        if ((address & (DirectMoves.BEYOND | mask)) != 0) {
          throw DirectMoves.wrongAddress();
        }
        byte[] bytes = all[(int) (address >>> GlobalMemory.OFFSET_BITS)];
        Bytes.DOUBLE.set(bytes, (int) address + shift, r[i]);
      }
    };
  }

  private static Step.EachLane near(
      long[] r, byte[] memory, int[] base, int offset, int shift, int mask) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        int at = base[i] + offset;
        if ((at & mask) != 0) {
          throw DirectMoves.wrongAddress();
        }
        Bytes.LONG.set(memory, at + shift, r[i]);
      }
    };
  }

  private static Step.EachLane far(
      long[] r, Supplier<byte[][]> memory, long[] base, long offset, int shift, int mask) {
    return (from, to) -> {
      byte[][] all = memory.get();
      for (int i = from; i < to; i++) {
        long address = base[i] + offset;
        if ((address & (DirectMoves.BEYOND | mask)) != 0) {
          throw DirectMoves.wrongAddress();
        }
        byte[] bytes = all[(int) (address >>> GlobalMemory.OFFSET_BITS)];
        Bytes.LONG.set(bytes, (int) address + shift, r[i]);
      }
    };
  }
}
