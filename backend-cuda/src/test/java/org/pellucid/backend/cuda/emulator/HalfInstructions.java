package org.pellucid.backend.cuda.emulator;

/**
 * Arithmetic of float16 and bfloat16, one number or two to a register: "PTX ISA", 9.7.4. Computed
 * in float64, where sums and products are exact but for a last rounding that cannot matter.
 */
final class HalfInstructions {
  private HalfInstructions() {}

  @FunctionalInterface
  private interface Arithmetic {
    double apply(double a, double b, double c);
  }

  static Step translate(Operands o) {
    Instruction instruction = o.instruction();
    Half half = Half.of(instruction.type());
    Arithmetic arithmetic = arithmetic(instruction);
    if (arithmetic == null) {
      return null;
    }
    int count = instruction.operands().size() - 1;
    boolean relu = instruction.has("relu");
    boolean saturate = instruction.has("sat");
    boolean pair = instruction.type().endsWith("x2");
    long[] d = o.anyTarget(o.operand(0));
    long[] a = o.anyBits(o.operand(1));
    long[] b = count > 1 ? o.anyBits(o.operand(2)) : a;
    long[] c = count > 2 ? o.anyBits(o.operand(3)) : a;
    return (Step.EachLane)
        (from, to) -> {
          for (int i = from; i < to; i++) {
            long result = 0;
            for (int shift = 0; shift < (pair ? 32 : 16); shift += 16) {
              double value =
                  arithmetic.apply(
                      half.value((short) (a[i] >> shift)),
                      half.value((short) (b[i] >> shift)),
                      half.value((short) (c[i] >> shift)));
              if (relu) {
                value = value > 0 || Double.isNaN(value) ? value : 0;
              }
              if (saturate) {
                value = value > 0 ? Math.min(value, 1) : 0;
              }
              result |= (half.bits(value) & 0xffffL) << shift;
            }
            d[i] = result;
          }
        };
  }

  private static Arithmetic arithmetic(Instruction instruction) {
    boolean propagate = instruction.has("NaN");
    return switch (instruction.base()) {
      case "add" -> (a, b, c) -> a + b;
      case "sub" -> (a, b, c) -> a - b;
      case "mul" -> (a, b, c) -> a * b;
      case "fma" -> (a, b, c) -> Math.fma(a, b, c);
      case "neg" -> (a, b, c) -> -a;
      case "abs" -> (a, b, c) -> Math.abs(a);
      case "min" ->
          (a, b, c) ->
              Math.min(
                  !propagate && Double.isNaN(a) ? b : a, !propagate && Double.isNaN(b) ? a : b);
      case "max" ->
          (a, b, c) ->
              Math.max(
                  !propagate && Double.isNaN(a) ? b : a, !propagate && Double.isNaN(b) ? a : b);
      case "ex2" -> (a, b, c) -> Math.pow(2, a);
      case "tanh" -> (a, b, c) -> Math.tanh(a);
      default -> null;
    };
  }
}
