package org.pellucid.backend.cuda.emulator;

/** Arithmetic of 64-bit integers: "PTX ISA", 9.7.1. */
final class LongInstructions {
  private LongInstructions() {}

  static Step translate(Operands o) {
    Instruction instruction = o.instruction();
    String base = instruction.base();
    if (instruction.has("cc") || base.endsWith("c")) {
      return CarryInstructions.translate(o);
    }
    boolean signed = instruction.type().equals("s64");
    long[] d = o.longTarget(0);
    long[] a = o.longs(1);
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
      case "add", "sub" -> sum(base, d, a, o.longs(2));
      case "mul" -> product(instruction.has("hi"), signed, d, a, o.longs(2));
      case "mad" -> multiplyAdd(instruction.has("hi"), signed, d, a, o.longs(2), o.longs(3));
      case "div", "rem" -> division(base, signed, d, a, o.longs(2));
      case "min", "max" -> choice(base, signed, d, a, o.longs(2));
      default -> null;
    };
  }

  private static Step.EachLane sum(String base, long[] d, long[] a, long[] b) {
    if (base.equals("add")) {
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

  private static long high(boolean signed, long a, long b) {
    long high = Math.multiplyHigh(a, b);
    return signed ? high : high + (a >> 63 & b) + (b >> 63 & a);
  }

  private static Step.EachLane product(boolean high, boolean signed, long[] d, long[] a, long[] b) {
    if (high) {
      return (from, to) -> {
        for (int i = from; i < to; i++) {
          d[i] = high(signed, a[i], b[i]);
        }
      };
    }
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        d[i] = a[i] * b[i];
      }
    };
  }

  private static Step.EachLane multiplyAdd(
      boolean high, boolean signed, long[] d, long[] a, long[] b, long[] c) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        d[i] = (high ? high(signed, a[i], b[i]) : a[i] * b[i]) + c[i];
      }
    };
  }

  /** As for 32 bits, what a card answers to a division by zero. */
  private static Step.EachLane division(String base, boolean signed, long[] d, long[] a, long[] b) {
    if (base.equals("div")) {
      return (from, to) -> {
        for (int i = from; i < to; i++) {
          d[i] = b[i] == 0 ? -1 : signed ? a[i] / b[i] : Long.divideUnsigned(a[i], b[i]);
        }
      };
    }
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        d[i] = b[i] == 0 ? a[i] : signed ? a[i] % b[i] : Long.remainderUnsigned(a[i], b[i]);
      }
    };
  }

  private static Step.EachLane choice(String base, boolean signed, long[] d, long[] a, long[] b) {
    long flip = signed ? 0 : Long.MIN_VALUE;
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
}
