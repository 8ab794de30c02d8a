package org.pellucid.backend.cuda.emulator;

/** How a result that no float32 is becomes one. */
enum Rounding {
  /** To the nearest, ties to even. */
  NEAREST,
  ZERO,
  DOWN,
  UP;

  /** What the modifiers of an instruction ask for. */
  static Rounding of(Instruction instruction) {
    for (String modifier : instruction.modifiers()) {
      switch (modifier) {
        case "rz", "rzi" -> {
          return ZERO;
        }
        case "rm", "rmi" -> {
          return DOWN;
        }
        case "rp", "rpi" -> {
          return UP;
        }
        default -> {
          // Says nothing about rounding, or to the nearest.
        }
      }
    }
    return NEAREST;
  }

  /**
   * Rounds a number.
   *
   * @param value the nearest double
   * @param rest of which only the sign matters: by how much the number is more than its double
   */
  float round(double value, double rest) {
    float nearest = (float) value;
    if (this == NEAREST || Float.isNaN(nearest)) {
      return nearest;
    }
    double above = nearest == value ? -rest : nearest - value;
    boolean down = this == DOWN || (this == ZERO && value > 0);
    if (above == 0 || Double.isInfinite(value)) {
      return nearest;
    }
    if (down) {
      return above > 0 ? Math.nextDown(nearest) : nearest;
    }
    return above < 0 ? Math.nextUp(nearest) : nearest;
  }

  /** Rounds a sum. */
  float sum(double a, double b) {
    double sum = a + b;
    double partOfB = sum - a;
    double rest = (a - (sum - partOfB)) + (b - partOfB);
    if (sum == 0 && this == DOWN && a != 0) {
      return -0.0f;
    }
    return round(sum, rest);
  }

  /** Rounds a quotient of float32. */
  float quotient(float a, float b) {
    double quotient = (double) a / b;
    // What is left of the dividend has the sign of the rest where the divisor is positive.
    double rest = Math.fma(-quotient, (double) b, (double) a);
    return round(quotient, b < 0 ? -rest : rest);
  }

  /** Rounds a double to a whole number. */
  double whole(double value) {
    return switch (this) {
      case NEAREST -> Math.rint(value);
      case ZERO -> value < 0 ? Math.ceil(value) : Math.floor(value);
      case DOWN -> Math.floor(value);
      case UP -> Math.ceil(value);
    };
  }
}
