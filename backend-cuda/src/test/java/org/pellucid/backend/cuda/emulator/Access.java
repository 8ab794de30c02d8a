package org.pellucid.backend.cuda.emulator;

import org.pellucid.backend.cuda.CudaResult;

/**
 * Where an instruction reads or writes, for each thread: an array of bytes and a place in it.
 * Checks bounds, alignment and races when it resolves the addresses.
 */
final class Access {
  private enum Space {
    GLOBAL,
    SHARED,
    LOCAL,
    PARAMETER,
    GENERIC
  }

  private final Block block;
  private final Space space;
  private final long[] longBase;
  private final int[] intBase;
  private final long offset;
  private final int width;
  private final SharedMemory.Kind kind;
  private final byte[][] own;
  private final boolean onePlace;

  private byte[][] arrays;
  private final int[] slot;
  private final int[] at;

  /**
   * Prepares the accesses of an instruction.
   *
   * @param address the operand, {@code [base+offset]}
   * @param width bytes of an access, which it must be aligned to
   * @param kind what is done
   */
  Access(Operands o, Operand address, int width, SharedMemory.Kind kind) {
    if (!(address instanceof Operand.Address written)) {
      throw o.instruction().unknown();
    }
    this.block = o.block();
    this.space = space(o.instruction());
    this.offset = written.offset();
    this.width = width;
    this.kind = kind;
    boolean narrow =
        written.base() instanceof Operand.Register register
            && !(block.registers().array(register) instanceof long[])
            && !(block.registers().array(register) instanceof double[]);
    this.onePlace = !(written.base() instanceof Operand.Register);
    this.intBase = narrow ? o.ints(written.base()) : null;
    this.longBase = narrow ? null : o.longs(written.base());
    this.slot = new int[o.threads()];
    this.at = new int[o.threads()];
    this.own = new byte[][] {block.shared().bytes(), block.local(), block.parameters()};
    this.arrays = own;
  }

  private static Space space(Instruction instruction) {
    for (String modifier : instruction.modifiers()) {
      switch (modifier) {
        case "global", "const" -> {
          return Space.GLOBAL;
        }
        case "shared", "shared::cta" -> {
          return Space.SHARED;
        }
        case "local" -> {
          return Space.LOCAL;
        }
        case "param" -> {
          return Space.PARAMETER;
        }
        default -> {
          // Says nothing about the space.
        }
      }
    }
    return Space.GENERIC;
  }

  /** Whether the address is the same for all threads. */
  boolean isOnePlace() {
    return onePlace;
  }

  /** Of the latest {@link #resolve}. */
  byte[][] arrays() {
    return arrays;
  }

  /** The array of each thread among {@link #arrays}. */
  int[] slot() {
    return slot;
  }

  /** The place of each thread in its array. */
  int[] at() {
    return at;
  }

  private long address(int i) {
    return (longBase == null ? intBase[i] : longBase[i]) + offset;
  }

  /** Finds the places of neighbours; those of generic addresses must be in one space. */
  void resolve(int from, int to) {
    if (space == Space.GENERIC) {
      resolve(spaceOf(address(from)), window(address(from)), from, to);
    } else {
      resolve(space, 0, from, to);
    }
  }

  /** The end of the neighbours that {@link #resolve} can take together. */
  int together(int from, int to) {
    if (space != Space.GENERIC) {
      return to;
    }
    long window = window(address(from));
    int end = from + 1;
    while (end < to && window(address(end)) == window) {
      end++;
    }
    return end;
  }

  private static long window(long address) {
    return address & (Block.SHARED_WINDOW | Block.LOCAL_WINDOW | Block.PARAMETER_WINDOW);
  }

  private static Space spaceOf(long address) {
    long window = window(address);
    if (window == Block.SHARED_WINDOW) {
      return Space.SHARED;
    }
    if (window == Block.LOCAL_WINDOW) {
      return Space.LOCAL;
    }
    return window == Block.PARAMETER_WINDOW ? Space.PARAMETER : Space.GLOBAL;
  }

  private void resolve(Space where, long window, int from, int to) {
    switch (where) {
      case GLOBAL -> global(from, to);
      case SHARED -> shared(window, from, to);
      case LOCAL -> local(window, from, to);
      default -> parameter(window, from, to);
    }
  }

  private void global(int from, int to) {
    byte[][] all = block.global().slots();
    arrays = all;
    if (longBase == null) {
      throw Trap.ptx("a global address of 32 bits");
    }
    long[] base = longBase;
    for (int i = from; i < to; i++) {
      long address = base[i] + offset;
      int id = (int) (address >>> GlobalMemory.OFFSET_BITS);
      long place = address & GlobalMemory.OFFSET_MASK;
      if (id >= all.length || place > all[id].length - width || (place & (width - 1)) != 0) {
        block.global().require(address, width, width, i, kind.what());
      }
      slot[i] = id;
      at[i] = (int) place;
    }
  }

  private void shared(long window, int from, int to) {
    arrays = own;
    SharedMemory memory = block.shared();
    for (int i = from; i < to; i++) {
      slot[i] = 0;
      at[i] = memory.require(address(i) - window, width, i, kind);
    }
  }

  private void local(long window, int from, int to) {
    arrays = own;
    int size = block.localBytes();
    for (int i = from; i < to; i++) {
      long place = address(i) - window;
      requireWithin(place, size, i, "local memory");
      slot[i] = 1;
      at[i] = i * size + (int) place;
    }
  }

  private void parameter(long window, int from, int to) {
    arrays = own;
    for (int i = from; i < to; i++) {
      long place = address(i) - window;
      requireWithin(place, block.parameters().length, i, "the parameters");
      slot[i] = 2;
      at[i] = (int) place;
    }
  }

  private void requireWithin(long place, int size, int lane, String where) {
    if (place < 0 || place > size - width || place % width != 0) {
      throw new Trap(
          place >= 0 && place <= size - width
              ? CudaResult.MISALIGNED_ADDRESS
              : CudaResult.ILLEGAL_ADDRESS,
          lane,
          kind.what() + " of " + width + " bytes at " + place + " of " + where + ", of " + size);
    }
  }
}
