package org.pellucid.backend.cuda.emulator;

/**
 * Arithmetic that passes a carry from one instruction to the next, of 32 and 64 bits: "PTX ISA",
 * 9.7.2.
 */
final class CarryInstructions {
  private CarryInstructions() {}

  static Step translate(Operands o) {
    Instruction instruction = o.instruction();
    String base = instruction.base();
    boolean takes = base.equals("addc") || base.equals("subc") || base.equals("madc");
    boolean gives = instruction.has("cc");
    boolean[] carry = o.block().registers().carry();
    boolean wide = instruction.type().endsWith("64");
    boolean subtract = base.startsWith("sub");
    if (wide && base.startsWith("mad")) {
      return null;
    }
    long[] d = o.anyTarget(o.operand(0));
    long[] a = o.anyBits(o.operand(1));
    long[] b = o.anyBits(o.operand(2));
    if (base.startsWith("mad")) {
      boolean signed = instruction.type().equals("s32");
      boolean high = instruction.has("hi");
      long[] c = o.anyBits(o.operand(3));
      return (Step.EachLane)
          (from, to) -> {
            for (int i = from; i < to; i++) {
              long product = signed ? (long) (int) a[i] * (int) b[i] : a[i] * b[i];
              long part = high ? product >>> 32 : product;
              long sum = (part & 0xffffffffL) + (c[i] & 0xffffffffL) + (takes && carry[i] ? 1 : 0);
              d[i] = sum & 0xffffffffL;
              carry[i] = gives ? sum >>> 32 != 0 : carry[i];
            }
          };
    }
    long mask = wide ? -1L : 0xffffffffL;
    return (Step.EachLane)
        (from, to) -> {
          for (int i = from; i < to; i++) {
            long x = a[i] & mask;
            long y = b[i] & mask;
            long c = takes && carry[i] ? 1 : 0;
            long result = (subtract ? x - y - c : x + y + c) & mask;
            // A carry out, or for a difference a borrow.
            int compared = Long.compareUnsigned(subtract ? y : result, x);
            boolean out =
                subtract ? compared > 0 || (compared == 0 && c == 1) : overflow(compared, c);
            d[i] = result;
            carry[i] = gives ? out : carry[i];
          }
        };
  }

  /** A sum has a carry if it is less than its first term, or equal to it where a carry came in. */
  private static boolean overflow(int compared, long carryIn) {
    return compared < 0 || (compared == 0 && carryIn == 1);
  }
}
