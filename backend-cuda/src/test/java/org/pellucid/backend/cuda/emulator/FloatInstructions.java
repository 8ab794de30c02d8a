package org.pellucid.backend.cuda.emulator;

/** Arithmetic of float32: "PTX ISA", 9.7.3. */
final class FloatInstructions {
  private FloatInstructions() {}

  static Step translate(Operands o) {
    Instruction instruction = o.instruction();
    boolean flush = instruction.has("ftz");
    float[] a = flushed(o, o.floats(1), flush);
    float[] d = target(o, flush, instruction.has("sat"));
    return switch (instruction.base()) {
      case "neg" -> negate(d, a);
      case "abs" -> absolute(d, a);
      case "rcp", "sqrt", "rsqrt", "sin", "cos", "ex2", "lg2", "tanh" ->
          function(instruction, d, a);
      case "add", "sub", "mul", "div", "min", "max", "copysign" ->
          binary(instruction, d, a, flushed(o, o.floats(2), flush));
      case "fma", "mad" ->
          multiplyAdd(
              instruction, d, a, flushed(o, o.floats(2), flush), flushed(o, o.floats(3), flush));
      default -> null;
    };
  }

  private static float[] flushed(Operands o, float[] values, boolean flush) {
    if (!flush) {
      return values;
    }
    float[] copy = new float[o.threads()];
    o.before(
        (from, to) -> {
          for (int i = from; i < to; i++) {
            copy[i] = flush(values[i]);
          }
        });
    return copy;
  }

  private static float flush(float value) {
    return Math.abs(value) < Float.MIN_NORMAL ? Math.copySign(0, value) : value;
  }

  private static float[] target(Operands o, boolean flush, boolean saturate) {
    float[] d = o.floatTarget(0);
    if (flush || saturate) {
      o.after(
          (from, to) -> {
            for (int i = from; i < to; i++) {
              float value = flush ? flush(d[i]) : d[i];
              // Not a number becomes 0.
              d[i] = !saturate ? value : value > 0 ? Math.min(value, 1) : 0;
            }
          });
    }
    return d;
  }

  private static Step.EachLane negate(float[] d, float[] a) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        d[i] = -a[i];
      }
    };
  }

  private static Step.EachLane absolute(float[] d, float[] a) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        d[i] = Math.abs(a[i]);
      }
    };
  }

  /** Approximations of the card's are as good as a float32 gets here. */
  private static Step.EachLane function(Instruction instruction, float[] d, float[] a) {
    return switch (instruction.base()) {
      case "rcp" -> reciprocal(Rounding.of(instruction), d, a);
      case "sqrt" -> squareRoot(Rounding.of(instruction), d, a);
      case "rsqrt" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = (float) (1 / Math.sqrt(a[i]));
            }
          };
      case "sin" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = (float) Math.sin(a[i]);
            }
          };
      case "cos" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = (float) Math.cos(a[i]);
            }
          };
      case "ex2" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = (float) Math.pow(2, a[i]);
            }
          };
      case "lg2" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = (float) (Math.log(a[i]) / Math.log(2));
            }
          };
      default ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = (float) Math.tanh(a[i]);
            }
          };
    };
  }

  private static Step.EachLane reciprocal(Rounding rounding, float[] d, float[] a) {
    if (rounding == Rounding.NEAREST) {
      return (from, to) -> {
        for (int i = from; i < to; i++) {
          d[i] = 1 / a[i];
        }
      };
    }
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        d[i] = rounding.quotient(1, a[i]);
      }
    };
  }

  private static Step.EachLane squareRoot(Rounding rounding, float[] d, float[] a) {
    if (rounding == Rounding.NEAREST) {
      return (from, to) -> {
        for (int i = from; i < to; i++) {
          d[i] = (float) Math.sqrt(a[i]);
        }
      };
    }
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        double root = Math.sqrt(a[i]);
        // The exact root is above or below its double as this remainder's sign says.
        d[i] = rounding.round(root, Math.fma(-root, root, a[i]));
      }
    };
  }

  private static Step.EachLane binary(Instruction instruction, float[] d, float[] a, float[] b) {
    Rounding rounding = Rounding.of(instruction);
    boolean nearest = rounding == Rounding.NEAREST;
    return switch (instruction.base()) {
      case "add" -> nearest ? sum(d, a, b) : directedSum(rounding, 1, d, a, b);
      case "sub" -> nearest ? difference(d, a, b) : directedSum(rounding, -1, d, a, b);
      case "mul" -> nearest ? product(d, a, b) : directedProduct(rounding, d, a, b);
      case "div" -> nearest ? quotient(d, a, b) : directedQuotient(rounding, d, a, b);
      case "min" -> minimum(instruction.has("NaN"), d, a, b);
      case "max" -> maximum(instruction.has("NaN"), d, a, b);
      // The sign of the first operand, the rest of the second.
      default ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = Math.copySign(b[i], a[i]);
            }
          };
    };
  }

  private static Step.EachLane sum(float[] d, float[] a, float[] b) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        d[i] = a[i] + b[i];
      }
    };
  }

  private static Step.EachLane difference(float[] d, float[] a, float[] b) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        d[i] = a[i] - b[i];
      }
    };
  }

  private static Step.EachLane directedSum(
      Rounding rounding, float sign, float[] d, float[] a, float[] b) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        d[i] = rounding.sum(a[i], sign * b[i]);
      }
    };
  }

  private static Step.EachLane product(float[] d, float[] a, float[] b) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        d[i] = a[i] * b[i];
      }
    };
  }

  private static Step.EachLane directedProduct(Rounding rounding, float[] d, float[] a, float[] b) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        d[i] = rounding.round((double) a[i] * b[i], 0);
      }
    };
  }

  private static Step.EachLane quotient(float[] d, float[] a, float[] b) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        d[i] = a[i] / b[i];
      }
    };
  }

  private static Step.EachLane directedQuotient(
      Rounding rounding, float[] d, float[] a, float[] b) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        d[i] = rounding.quotient(a[i], b[i]);
      }
    };
  }

  /** Of a number and what is not a number, the number; with {@code .NaN} the other. */
  private static Step.EachLane minimum(boolean propagate, float[] d, float[] a, float[] b) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        float x = a[i];
        float y = b[i];
        d[i] = Math.min(!propagate && Float.isNaN(x) ? y : x, !propagate && Float.isNaN(y) ? x : y);
      }
    };
  }

  private static Step.EachLane maximum(boolean propagate, float[] d, float[] a, float[] b) {
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        float x = a[i];
        float y = b[i];
        d[i] = Math.max(!propagate && Float.isNaN(x) ? y : x, !propagate && Float.isNaN(y) ? x : y);
      }
    };
  }

  private static Step.EachLane multiplyAdd(
      Instruction instruction, float[] d, float[] a, float[] b, float[] c) {
    Rounding rounding = Rounding.of(instruction);
    if (rounding == Rounding.NEAREST) {
      return (from, to) -> {
        for (int i = from; i < to; i++) {
          d[i] = Math.fma(a[i], b[i], c[i]);
        }
      };
    }
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        d[i] = rounding.sum((double) a[i] * b[i], c[i]);
      }
    };
  }
}
