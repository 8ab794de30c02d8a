package org.pellucid.backend.cuda.emulator;

import java.util.function.Supplier;

/** Loads of 32 and 64 bits in one pass over the threads: see {@link DirectMoves}. */
final class DirectLoads {
  private DirectLoads() {}

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
        r[i] = (float) Bytes.FLOAT.get(memory, at + shift);
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
        r[i] = (float) Bytes.FLOAT.get(bytes, (int) address + shift);
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
        r[i] = (int) Bytes.INT.get(memory, at + shift);
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
        r[i] = (int) Bytes.INT.get(bytes, (int) address + shift);
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
        r[i] = (double) Bytes.DOUBLE.get(memory, at + shift);
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
        r[i] = (double) Bytes.DOUBLE.get(bytes, (int) address + shift);
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
        r[i] = (long) Bytes.LONG.get(memory, at + shift);
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
        r[i] = (long) Bytes.LONG.get(bytes, (int) address + shift);
      }
    };
  }
}
