package org.pellucid.backend.cuda.emulator;

import java.util.function.IntBinaryOperator;

/** Arithmetic of 16-bit integers: "PTX ISA", 9.7.1. They are rare, and need not be fast. */
final class ShortInstructions {
  private ShortInstructions() {}

  static Step translate(Operands o) {
    Instruction instruction = o.instruction();
    boolean signed = instruction.type().equals("s16");
    short[] a = o.shorts(1);
    if (instruction.base().equals("neg")) {
      short[] d = o.shortTarget(0);
      return (Step.EachLane)
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = (short) -a[i];
            }
          };
    }
    if (instruction.base().equals("abs")) {
      short[] d = o.shortTarget(0);
      return (Step.EachLane)
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = (short) Math.abs(a[i]);
            }
          };
    }
    short[] b = o.shorts(2);
    if (instruction.has("wide")) {
      int[] d = o.intTarget(0);
      int[] c = instruction.base().equals("mad") ? o.ints(3) : o.block().registers().constant(0);
      return (Step.EachLane)
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = value(a[i], signed) * value(b[i], signed) + c[i];
            }
          };
    }
    short[] d = o.shortTarget(0);
    if (instruction.base().equals("mad")) {
      short[] c = o.shorts(3);
      int shift = instruction.has("hi") ? 16 : 0;
      return (Step.EachLane)
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = (short) ((value(a[i], signed) * value(b[i], signed) >> shift) + c[i]);
            }
          };
    }
    IntBinaryOperator operator = operator(instruction);
    if (operator == null) {
      return null;
    }
    return (Step.EachLane)
        (from, to) -> {
          for (int i = from; i < to; i++) {
            d[i] = (short) operator.applyAsInt(value(a[i], signed), value(b[i], signed));
          }
        };
  }

  private static int value(short bits, boolean signed) {
    return signed ? bits : bits & 0xffff;
  }

  private static IntBinaryOperator operator(Instruction instruction) {
    boolean high = instruction.has("hi");
    return switch (instruction.base()) {
      case "add" -> (x, y) -> x + y;
      case "sub" -> (x, y) -> x - y;
      case "mul" -> high ? (x, y) -> x * y >> 16 : (x, y) -> x * y;
      case "div" -> (x, y) -> y == 0 ? -1 : x / y;
      case "rem" -> (x, y) -> y == 0 ? x : x % y;
      case "min" -> Math::min;
      case "max" -> Math::max;
      default -> null;
    };
  }
}
