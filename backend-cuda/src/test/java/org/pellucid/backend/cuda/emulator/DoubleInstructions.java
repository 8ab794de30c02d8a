package org.pellucid.backend.cuda.emulator;

/** Arithmetic of float64, rounded to the nearest: "PTX ISA", 9.7.3. */
final class DoubleInstructions {
  private DoubleInstructions() {}

  static Step translate(Operands o) {
    Instruction instruction = o.instruction();
    if (Rounding.of(instruction) != Rounding.NEAREST) {
      return null;
    }
    double[] d = o.doubleTarget(0);
    double[] a = o.doubles(1);
    return switch (instruction.base()) {
      case "neg", "abs", "rcp", "sqrt", "rsqrt" -> unary(instruction.base(), d, a);
      case "add", "sub", "mul", "div" -> arithmetic(instruction.base(), d, a, o.doubles(2));
      case "min", "max", "copysign" -> choice(instruction.base(), d, a, o.doubles(2));
      case "fma", "mad" -> multiplyAdd(d, a, o.doubles(2), o.doubles(3));
      default -> null;
    };
  }

  private static Step.EachLane unary(String name, double[] d, double[] a) {
    return switch (name) {
      case "neg" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = -a[i];
            }
          };
      case "abs" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = Math.abs(a[i]);
            }
          };
      case "rcp" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = 1 / a[i];
            }
          };
      case "sqrt" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = Math.sqrt(a[i]);
            }
          };
      default ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = 1 / Math.sqrt(a[i]);
            }
          };
    };
  }

  private static Step.EachLane arithmetic(String name, double[] d, double[] a, double[] b) {
    return switch (name) {
      case "add" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = a[i] + b[i];
            }
          };
      case "sub" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = a[i] - b[i];
            }
          };
      case "mul" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = a[i] * b[i];
            }
          };
      default ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = a[i] / b[i];
            }
          };
    };
  }

  private static Step.EachLane choice(String name, double[] d, double[] a, double[] b) {
    return switch (name) {
      case "min" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              double x = a[i];
              double y = b[i];
              d[i] = Double.isNaN(x) ? y : Double.isNaN(y) ? x : Math.min(x, y);
            }
          };
      case "max" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              double x = a[i];
              double y = b[i];
              d[i] = Double.isNaN(x) ? y : Double.isNaN(y) ? x : Math.max(x, y);
            }
          };
      default ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = Math.copySign(b[i], a[i]);
            }
          };
    };
  }

  private static Step.EachLane multiplyAdd(double[] d, double[] a, double[] b, double[] c) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        d[i] = Math.fma(a[i], b[i], c[i]);
      }
    };
  }
}
