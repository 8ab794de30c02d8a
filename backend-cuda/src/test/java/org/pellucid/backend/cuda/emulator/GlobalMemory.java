package org.pellucid.backend.cuda.emulator;

import java.util.Arrays;
import org.pellucid.backend.cuda.CudaResult;

/**
 * The memory of an emulated card. An address is the number of an allocation, from 1, and 40 bits of
 * offset: what runs past the end of an allocation never meets the next one, and numbers are not
 * given out again. Fresh memory is all ones, which is NaN in every floating type.
 */
final class GlobalMemory {
  static final int OFFSET_BITS = 40;
  static final long OFFSET_MASK = (1L << OFFSET_BITS) - 1;

  private static final byte[] NEVER = new byte[0];
  private static final byte[] FREED = new byte[0];

  private final long capacity;
  private long used;
  private int count = 1;
  private volatile byte[][] slots = {NEVER};

  /**
   * Makes a memory.
   *
   * @param capacity in bytes
   */
  GlobalMemory(long capacity) {
    this.capacity = capacity;
  }

  /** The address of fresh memory; 0 if there is not as much. */
  synchronized long allocate(long bytes) {
    if (bytes > capacity - used || bytes > Integer.MAX_VALUE - 8) {
      return 0;
    }
    byte[] memory = new byte[(int) bytes];
    Arrays.fill(memory, (byte) 0xff);
    byte[][] grown = slots;
    if (count == grown.length) {
      grown = Arrays.copyOf(grown, 2 * count);
      Arrays.fill(grown, count, 2 * count, NEVER);
    }
    grown[count] = memory;
    slots = grown;
    used += bytes;
    return (long) count++ << OFFSET_BITS;
  }

  /** Whether this was the address of an allocation, which is now free. */
  synchronized boolean free(long address) {
    long id = address >>> OFFSET_BITS;
    if ((address & OFFSET_MASK) != 0 || id < 1 || id >= count || slots[(int) id] == FREED) {
      return false;
    }
    used -= slots[(int) id].length;
    slots[(int) id] = FREED;
    return true;
  }

  synchronized long free() {
    return capacity - used;
  }

  long capacity() {
    return capacity;
  }

  /** How many allocations are not freed. */
  synchronized int allocations() {
    int open = 0;
    for (int i = 1; i < count; i++) {
      open += slots[i] == FREED ? 0 : 1;
    }
    return open;
  }

  /** The allocations by number. */
  byte[][] slots() {
    return slots;
  }

  /**
   * The allocation that holds some bytes.
   *
   * @throws Trap if none does, or the address is no multiple of {@code alignment}
   */
  byte[] require(long address, long bytes, int alignment, int lane, String what) {
    byte[][] all = slots;
    long id = address >>> OFFSET_BITS;
    long offset = address & OFFSET_MASK;
    if (id > 0 && id < all.length) {
      byte[] memory = all[(int) id];
      if (offset <= memory.length - bytes && offset % alignment == 0) {
        return memory;
      }
    }
    throw fault(address, bytes, alignment, lane, what);
  }

  private Trap fault(long address, long bytes, int alignment, int lane, String what) {
    byte[][] all = slots;
    long id = address >>> OFFSET_BITS;
    long offset = address & OFFSET_MASK;
    byte[] memory = id > 0 && id < all.length ? all[(int) id] : NEVER;
    String access = what + " of " + bytes + " bytes at the address 0x" + Long.toHexString(address);
    if (memory == FREED) {
      return new Trap(
          CudaResult.ILLEGAL_ADDRESS,
          lane,
          access + ", offset " + offset + " of allocation " + id + ", which was freed");
    }
    if (memory == NEVER) {
      return new Trap(
          CudaResult.ILLEGAL_ADDRESS,
          lane,
          access + ", where nothing was allocated" + before(all, id, offset));
    }
    if (offset > memory.length - bytes) {
      return new Trap(
          CudaResult.ILLEGAL_ADDRESS,
          lane,
          access
              + ", offset "
              + offset
              + " of allocation "
              + id
              + ", which has "
              + memory.length
              + " bytes");
    }
    return new Trap(
        CudaResult.MISALIGNED_ADDRESS,
        lane,
        access
            + ", offset "
            + offset
            + " of allocation "
            + id
            + ", which is no multiple of "
            + alignment);
  }

  /** A little before an allocation is more likely than far behind the one before. */
  private static String before(byte[][] all, long id, long offset) {
    long gap = (OFFSET_MASK + 1) - offset;
    boolean known = id + 1 > 0 && id + 1 < all.length && all[(int) (id + 1)] != NEVER;
    return known && gap < 1L << 32 ? ": " + gap + " bytes before allocation " + (id + 1) : "";
  }
}
