package org.pellucid.backend.cuda.emulator;

/** Arithmetic of 32-bit integers: "PTX ISA", 9.7.1 and 9.7.2. */
final class IntegerInstructions {
  private IntegerInstructions() {}

  static Step translate(Operands o) {
    Instruction instruction = o.instruction();
    boolean signed = instruction.type().equals("s32");
    String base = instruction.base();
    if (instruction.has("cc") || base.endsWith("c")) {
      return CarryInstructions.translate(o);
    }
    if (instruction.has("wide")) {
      return wide(o, signed);
    }
    if (instruction.has("x2") || instruction.has("relu")) {
      return null;
    }
    int[] d = o.intTarget(0);
    int[] a = o.ints(1);
    return switch (base) {
      case "neg" ->
          (Step.EachLane)
              (from, to) -> {
                for (int i = from; i < to; i++) {
                  d[i] = -a[i];
                }
              };
      case "abs" ->
          (Step.EachLane)
              (from, to) -> {
                for (int i = from; i < to; i++) {
                  d[i] = Math.abs(a[i]);
                }
              };
      case "add", "sub" -> sum(instruction, d, a, o.ints(2));
      case "mul" -> product(instruction, signed, d, a, o.ints(2));
      case "mul24", "mad24" -> null;
      case "mad" -> multiplyAdd(instruction, signed, d, a, o.ints(2), o.ints(3));
      case "div", "rem" -> division(base, signed, d, a, o.ints(2));
      case "min", "max" -> choice(base, signed, d, a, o.ints(2));
      case "sad" -> differences(signed, d, a, o.ints(2), o.ints(3));
      case "dp4a" -> dotProduct(instruction, d, a, o.ints(2), o.ints(3));
      default -> null;
    };
  }

  private static Step.EachLane sum(Instruction instruction, int[] d, int[] a, int[] b) {
    boolean add = instruction.base().equals("add");
    if (instruction.has("sat")) {
      return (from, to) -> {
        for (int i = from; i < to; i++) {
          long exact = add ? (long) a[i] + b[i] : (long) a[i] - b[i];
          d[i] = (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, exact));
        }
      };
    }
    if (add) {
      return (from, to) -> {
        for (int i = from; i < to; i++) {
          d[i] = a[i] + b[i];
        }
      };
    }
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        d[i] = a[i] - b[i];
      }
    };
  }

  private static Step.EachLane product(
      Instruction instruction, boolean signed, int[] d, int[] a, int[] b) {
    if (!instruction.has("hi")) {
      return (from, to) -> {
        for (int i = from; i < to; i++) {
          d[i] = a[i] * b[i];
        }
      };
    }
    if (signed) {
      return (from, to) -> {
        for (int i = from; i < to; i++) {
          d[i] = (int) ((long) a[i] * b[i] >> 32);
        }
      };
    }
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        d[i] = (int) ((a[i] & 0xffffffffL) * (b[i] & 0xffffffffL) >>> 32);
      }
    };
  }

  private static Step.EachLane multiplyAdd(
      Instruction instruction, boolean signed, int[] d, int[] a, int[] b, int[] c) {
    if (!instruction.has("hi")) {
      return (from, to) -> {
        for (int i = from; i < to; i++) {
          d[i] = a[i] * b[i] + c[i];
        }
      };
    }
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        long exact =
            signed ? (long) a[i] * b[i] >> 32 : (a[i] & 0xffffffffL) * (b[i] & 0xffffffffL) >>> 32;
        d[i] = (int) exact + c[i];
      }
    };
  }

  private static Step wide(Operands o, boolean signed) {
    long[] d = o.longTarget(0);
    int[] a = o.ints(1);
    int[] b = o.ints(2);
    boolean add = o.instruction().base().equals("mad");
    long[] c = add ? o.longs(3) : o.block().registers().constant(0L);
    if (signed) {
      return (Step.EachLane)
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = (long) a[i] * b[i] + c[i];
            }
          };
    }
    return (Step.EachLane)
        (from, to) -> {
          for (int i = from; i < to; i++) {
            d[i] = (a[i] & 0xffffffffL) * (b[i] & 0xffffffffL) + c[i];
          }
        };
  }

  /** What a card answers to a division by zero, which is undefined: all ones, and the dividend. */
  private static Step.EachLane division(String base, boolean signed, int[] d, int[] a, int[] b) {
    boolean quotient = base.equals("div");
    if (signed && quotient) {
      return (from, to) -> {
        for (int i = from; i < to; i++) {
          d[i] = b[i] == 0 ? -1 : a[i] / b[i];
        }
      };
    }
    if (signed) {
      return (from, to) -> {
        for (int i = from; i < to; i++) {
          d[i] = b[i] == 0 ? a[i] : a[i] % b[i];
        }
      };
    }
    if (quotient) {
      return (from, to) -> {
        for (int i = from; i < to; i++) {
          d[i] = b[i] == 0 ? -1 : Integer.divideUnsigned(a[i], b[i]);
        }
      };
    }
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        d[i] = b[i] == 0 ? a[i] : Integer.remainderUnsigned(a[i], b[i]);
      }
    };
  }

  private static Step.EachLane choice(String base, boolean signed, int[] d, int[] a, int[] b) {
    int flip = signed ? 0 : Integer.MIN_VALUE;
    if (base.equals("min")) {
      return (from, to) -> {
        for (int i = from; i < to; i++) {
          d[i] = Math.min(a[i] ^ flip, b[i] ^ flip) ^ flip;
        }
      };
    }
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        d[i] = Math.max(a[i] ^ flip, b[i] ^ flip) ^ flip;
      }
    };
  }

  private static Step.EachLane differences(boolean signed, int[] d, int[] a, int[] b, int[] c) {
    int flip = signed ? 0 : Integer.MIN_VALUE;
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        d[i] = c[i] + ((a[i] ^ flip) < (b[i] ^ flip) ? b[i] - a[i] : a[i] - b[i]);
      }
    };
  }

  private static Step.EachLane dotProduct(
      Instruction instruction, int[] d, int[] a, int[] b, int[] c) {
    boolean signedA = instruction.modifiers().get(0).equals("s32");
    boolean signedB = instruction.type().equals("s32");
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        int sum = c[i];
        for (int shift = 0; shift < 32; shift += 8) {
          int x = signedA ? (byte) (a[i] >> shift) : a[i] >>> shift & 0xff;
          int y = signedB ? (byte) (b[i] >> shift) : b[i] >>> shift & 0xff;
          sum += x * y;
        }
        d[i] = sum;
      }
    };
  }
}
