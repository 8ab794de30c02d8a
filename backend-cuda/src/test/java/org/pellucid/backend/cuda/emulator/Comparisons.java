package org.pellucid.backend.cuda.emulator;

/** Comparisons of numbers, by the names that the PTX ISA gives them: 9.3. Null for other names. */
final class Comparisons {
  private Comparisons() {}

  /**
   * A comparison by the cases in which it holds.
   *
   * @param less where the first is less
   * @param equal where both are equal
   * @param greater where the first is greater
   * @param unordered where one is not a number
   */
  private record Cases(boolean less, boolean equal, boolean greater, boolean unordered) {
    /** Those of floating numbers; which end with u hold also where one is not a number. */
    static Cases of(String name) {
      return switch (name) {
        case "eq" -> new Cases(false, true, false, false);
        case "ne" -> new Cases(true, false, true, false);
        case "lt" -> new Cases(true, false, false, false);
        case "le" -> new Cases(true, true, false, false);
        case "gt" -> new Cases(false, false, true, false);
        case "ge" -> new Cases(false, true, true, false);
        case "equ" -> new Cases(false, true, false, true);
        case "neu" -> new Cases(true, false, true, true);
        case "ltu" -> new Cases(true, false, false, true);
        case "leu" -> new Cases(true, true, false, true);
        case "gtu" -> new Cases(false, false, true, true);
        case "geu" -> new Cases(false, true, true, true);
        case "num" -> new Cases(true, true, true, false);
        case "nan" -> new Cases(false, false, false, true);
        default -> null;
      };
    }
  }

  /** Whether integers are compared as unsigned; some names say so. */
  private static boolean unsigned(String name, boolean type) {
    return type || name.equals("lo") || name.equals("ls") || name.equals("hi") || name.equals("hs");
  }

  private static Cases integers(String name) {
    return switch (name) {
      case "lo" -> Cases.of("lt");
      case "ls" -> Cases.of("le");
      case "hi" -> Cases.of("gt");
      case "hs" -> Cases.of("ge");
      case "eq", "ne", "lt", "le", "gt", "ge" -> Cases.of(name);
      default -> null;
    };
  }

  static Step.EachLane floats(String name, boolean[] d, float[] a, float[] b) {
    Cases cases = Cases.of(name);
    if (cases == null) {
      return null;
    }
    boolean less = cases.less();
    boolean equal = cases.equal();
    boolean greater = cases.greater();
    boolean unordered = cases.unordered();
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        boolean lt = a[i] < b[i];
        boolean gt = a[i] > b[i];
        boolean eq = a[i] == b[i];
        d[i] = lt & less | gt & greater | eq & equal | !(lt | gt | eq) & unordered;
      }
    };
  }

  static Step.EachLane doubles(String name, boolean[] d, double[] a, double[] b) {
    Cases cases = Cases.of(name);
    if (cases == null) {
      return null;
    }
    boolean less = cases.less();
    boolean equal = cases.equal();
    boolean greater = cases.greater();
    boolean unordered = cases.unordered();
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        boolean lt = a[i] < b[i];
        boolean gt = a[i] > b[i];
        boolean eq = a[i] == b[i];
        d[i] = lt & less | gt & greater | eq & equal | !(lt | gt | eq) & unordered;
      }
    };
  }

  static Step.EachLane ints(String name, boolean unsigned, boolean[] d, int[] a, int[] b) {
    Cases cases = integers(name);
    if (cases == null) {
      return null;
    }
    int flip = unsigned(name, unsigned) ? Integer.MIN_VALUE : 0;
    boolean less = cases.less();
    boolean equal = cases.equal();
    boolean greater = cases.greater();
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        boolean lt = (a[i] ^ flip) < (b[i] ^ flip);
        boolean eq = a[i] == b[i];
        d[i] = lt & less | eq & equal | !(lt | eq) & greater;
      }
    };
  }

  static Step.EachLane longs(String name, boolean unsigned, boolean[] d, long[] a, long[] b) {
    Cases cases = integers(name);
    if (cases == null) {
      return null;
    }
    long flip = unsigned(name, unsigned) ? Long.MIN_VALUE : 0;
    boolean less = cases.less();
    boolean equal = cases.equal();
    boolean greater = cases.greater();
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        boolean lt = (a[i] ^ flip) < (b[i] ^ flip);
        boolean eq = a[i] == b[i];
        d[i] = lt & less | eq & equal | !(lt | eq) & greater;
      }
    };
  }
}
