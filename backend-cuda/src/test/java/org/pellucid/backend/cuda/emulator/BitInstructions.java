package org.pellucid.backend.cuda.emulator;

/** Logic, shifts and bit fields: "PTX ISA", 9.7.1 and 9.7.8. */
final class BitInstructions {
  private BitInstructions() {}

  static Step translate(Operands o) {
    Instruction instruction = o.instruction();
    return switch (instruction.base()) {
      case "and", "or", "xor", "not", "cnot" ->
          switch (PtxKernel.width(instruction.type())) {
            case 0 -> predicates(o);
            case 4 -> logic32(o);
            default -> logicAny(o);
          };
      case "shl", "shr" -> PtxKernel.width(instruction.type()) == 4 ? shift32(o) : shiftAny(o);
      case "shf" -> funnel(o);
      case "lop3" -> truthTable(o);
      case "prmt" -> permute(o);
      case "bfe" -> extract(o);
      case "bfi" -> insert(o);
      case "popc", "clz", "bfind" -> count(o);
      case "brev" -> reverse(o);
      default -> null;
    };
  }

  private static Step predicates(Operands o) {
    boolean[] d = o.predicateTarget(0);
    boolean[] a = o.predicates(1);
    if (o.instruction().base().equals("not")) {
      return (Step.EachLane)
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = !a[i];
            }
          };
    }
    boolean[] b = o.predicates(2);
    return switch (o.instruction().base()) {
      case "and" ->
          (Step.EachLane)
              (from, to) -> {
                for (int i = from; i < to; i++) {
                  d[i] = a[i] & b[i];
                }
              };
      case "or" ->
          (Step.EachLane)
              (from, to) -> {
                for (int i = from; i < to; i++) {
                  d[i] = a[i] | b[i];
                }
              };
      case "xor" ->
          (Step.EachLane)
              (from, to) -> {
                for (int i = from; i < to; i++) {
                  d[i] = a[i] ^ b[i];
                }
              };
      default -> null;
    };
  }

  private static Step logic32(Operands o) {
    int[] d = o.intTarget(0);
    int[] a = o.ints(1);
    String base = o.instruction().base();
    if (base.equals("not")) {
      return (Step.EachLane)
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = ~a[i];
            }
          };
    }
    if (base.equals("cnot")) {
      return (Step.EachLane)
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = a[i] == 0 ? 1 : 0;
            }
          };
    }
    int[] b = o.ints(2);
    return switch (base) {
      case "and" ->
          (Step.EachLane)
              (from, to) -> {
                for (int i = from; i < to; i++) {
                  d[i] = a[i] & b[i];
                }
              };
      case "or" ->
          (Step.EachLane)
              (from, to) -> {
                for (int i = from; i < to; i++) {
                  d[i] = a[i] | b[i];
                }
              };
      default ->
          (Step.EachLane)
              (from, to) -> {
                for (int i = from; i < to; i++) {
                  d[i] = a[i] ^ b[i];
                }
              };
    };
  }

  private static Step logicAny(Operands o) {
    long[] d = o.anyTarget(o.operand(0));
    long[] a = o.anyBits(o.operand(1));
    String base = o.instruction().base();
    if (base.equals("not")) {
      return (Step.EachLane)
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = ~a[i];
            }
          };
    }
    if (base.equals("cnot")) {
      return (Step.EachLane)
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = a[i] == 0 ? 1 : 0;
            }
          };
    }
    long[] b = o.anyBits(o.operand(2));
    boolean and = base.equals("and");
    boolean or = base.equals("or");
    return (Step.EachLane)
        (from, to) -> {
          for (int i = from; i < to; i++) {
            d[i] = and ? a[i] & b[i] : or ? a[i] | b[i] : a[i] ^ b[i];
          }
        };
  }

  /** Shifts by more than the width leave nothing, or the sign. */
  private static Step shift32(Operands o) {
    int[] d = o.intTarget(0);
    int[] a = o.ints(1);
    int[] b = o.ints(2);
    if (o.instruction().base().equals("shl")) {
      return (Step.EachLane)
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = (b[i] & ~31) != 0 ? 0 : a[i] << b[i];
            }
          };
    }
    if (o.instruction().type().equals("s32")) {
      return (Step.EachLane)
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = a[i] >> ((b[i] & ~31) != 0 ? 31 : b[i]);
            }
          };
    }
    return (Step.EachLane)
        (from, to) -> {
          for (int i = from; i < to; i++) {
            d[i] = (b[i] & ~31) != 0 ? 0 : a[i] >>> b[i];
          }
        };
  }

  private static Step shiftAny(Operands o) {
    String type = o.instruction().type();
    int bits = 8 * PtxKernel.width(type);
    boolean left = o.instruction().base().equals("shl");
    boolean signed = type.startsWith("s");
    long[] d = o.anyTarget(o.operand(0));
    long[] a = o.anyBits(o.operand(1));
    int[] b = o.ints(2);
    return (Step.EachLane)
        (from, to) -> {
          for (int i = from; i < to; i++) {
            boolean all = Integer.compareUnsigned(b[i], bits) >= 0;
            long value = signed ? a[i] << (64 - bits) >> (64 - bits) : a[i];
            if (left) {
              d[i] = all ? 0 : value << b[i];
            } else if (signed) {
              d[i] = value >> (all ? 63 : b[i]);
            } else {
              d[i] = all ? 0 : value >>> b[i];
            }
          }
        };
  }

  private static Step funnel(Operands o) {
    boolean left = o.instruction().has("l");
    boolean wrap = o.instruction().has("wrap");
    int[] d = o.intTarget(0);
    int[] low = o.ints(1);
    int[] high = o.ints(2);
    int[] c = o.ints(3);
    return (Step.EachLane)
        (from, to) -> {
          for (int i = from; i < to; i++) {
            int n = wrap ? c[i] & 31 : Integer.compareUnsigned(c[i], 32) > 0 ? 32 : c[i];
            long both = (long) high[i] << 32 | low[i] & 0xffffffffL;
            d[i] = (int) (left ? both << n >>> 32 : both >>> n);
          }
        };
  }

  private static Step truthTable(Operands o) {
    int[] d = o.intTarget(0);
    int[] a = o.ints(1);
    int[] b = o.ints(2);
    int[] c = o.ints(3);
    if (!(o.operand(4) instanceof Operand.Immediate table)) {
      return null;
    }
    int rows = (int) table.bits();
    return (Step.EachLane)
        (from, to) -> {
          for (int i = from; i < to; i++) {
            int result = 0;
            for (int row = 0; row < 8; row++) {
              if ((rows >> row & 1) != 0) {
                result |=
                    ((row & 4) != 0 ? a[i] : ~a[i])
                        & ((row & 2) != 0 ? b[i] : ~b[i])
                        & ((row & 1) != 0 ? c[i] : ~c[i]);
              }
            }
            d[i] = result;
          }
        };
  }

  private static Step permute(Operands o) {
    if (o.instruction().words().size() != 2) {
      return null;
    }
    int[] d = o.intTarget(0);
    int[] a = o.ints(1);
    int[] b = o.ints(2);
    int[] c = o.ints(3);
    return (Step.EachLane)
        (from, to) -> {
          for (int i = from; i < to; i++) {
            long both = (long) b[i] << 32 | a[i] & 0xffffffffL;
            int result = 0;
            for (int k = 0; k < 4; k++) {
              int selector = c[i] >> 4 * k;
              byte taken = (byte) (both >> 8 * (selector & 7));
              int value = (selector & 8) != 0 ? taken >> 7 : taken;
              result |= (value & 0xff) << 8 * k;
            }
            d[i] = result;
          }
        };
  }

  private static Step extract(Operands o) {
    String type = o.instruction().type();
    boolean signed = type.startsWith("s");
    int bits = 8 * PtxKernel.width(type);
    long[] d = o.anyTarget(o.operand(0));
    long[] a = o.anyBits(o.operand(1));
    int[] b = o.ints(2);
    int[] c = o.ints(3);
    return (Step.EachLane)
        (from, to) -> {
          for (int i = from; i < to; i++) {
            int position = b[i] & 0xff;
            int length = c[i] & 0xff;
            long value = bits == 32 && signed ? (int) a[i] : a[i];
            if (length == 0) {
              d[i] = 0;
              continue;
            }
            // Above the number are its sign, or zeros.
            long shifted =
                position >= bits
                    ? signed && value < 0 ? -1 : 0
                    : signed ? value >> position : value >>> position;
            int kept = Math.min(length, Math.max(1, bits - position));
            d[i] = signed ? shifted << (64 - kept) >> (64 - kept) : shifted & (-1L >>> (64 - kept));
          }
        };
  }

  private static Step insert(Operands o) {
    int bits = 8 * PtxKernel.width(o.instruction().type());
    long[] d = o.anyTarget(o.operand(0));
    long[] a = o.anyBits(o.operand(1));
    long[] b = o.anyBits(o.operand(2));
    int[] c = o.ints(3);
    int[] e = o.ints(4);
    return (Step.EachLane)
        (from, to) -> {
          for (int i = from; i < to; i++) {
            int position = c[i] & 0xff;
            int length = Math.min(e[i] & 0xff, bits - position);
            if (length <= 0) {
              d[i] = b[i];
            } else {
              long mask = (-1L >>> (64 - length)) << position;
              d[i] = b[i] & ~mask | a[i] << position & mask;
            }
          }
        };
  }

  private static Step count(Operands o) {
    Instruction instruction = o.instruction();
    boolean wide = PtxKernel.width(instruction.type()) == 8;
    boolean signed = instruction.type().startsWith("s");
    boolean amount = instruction.has("shiftamt");
    int bits = wide ? 64 : 32;
    int[] d = o.intTarget(0);
    long[] a = o.anyBits(o.operand(1));
    String base = instruction.base();
    return (Step.EachLane)
        (from, to) -> {
          for (int i = from; i < to; i++) {
            long value = wide ? a[i] : a[i] & 0xffffffffL;
            if (base.equals("popc")) {
              d[i] = Long.bitCount(value);
            } else if (base.equals("clz")) {
              d[i] = Long.numberOfLeadingZeros(value) - (64 - bits);
            } else {
              boolean negative = signed && value >>> (bits - 1) != 0;
              long looked = negative ? ~value & (-1L >>> (64 - bits)) : value;
              int found = 63 - Long.numberOfLeadingZeros(looked);
              d[i] = found < 0 ? -1 : amount ? bits - 1 - found : found;
            }
          }
        };
  }

  private static Step reverse(Operands o) {
    boolean wide = PtxKernel.width(o.instruction().type()) == 8;
    long[] d = o.anyTarget(o.operand(0));
    long[] a = o.anyBits(o.operand(1));
    return (Step.EachLane)
        (from, to) -> {
          for (int i = from; i < to; i++) {
            d[i] = wide ? Long.reverse(a[i]) : Integer.reverse((int) a[i]);
          }
        };
  }
}
