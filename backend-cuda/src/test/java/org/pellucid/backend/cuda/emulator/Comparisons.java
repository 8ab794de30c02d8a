package org.pellucid.backend.cuda.emulator;

/** Comparisons of numbers, by the names that the PTX ISA gives them: 9.3. Null for other names. */
final class Comparisons {
  private Comparisons() {}

  /** Those that end with u hold also where an operand is not a number. */
  static Step.EachLane floats(String name, boolean[] d, float[] a, float[] b) {
    return switch (name) {
      case "eq" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = a[i] == b[i];
            }
          };
      case "lt" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = a[i] < b[i];
            }
          };
      case "le" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = a[i] <= b[i];
            }
          };
      case "gt" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = a[i] > b[i];
            }
          };
      case "ge" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = a[i] >= b[i];
            }
          };
      case "ne" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = a[i] < b[i] || a[i] > b[i];
            }
          };
      case "equ" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = !(a[i] < b[i] || a[i] > b[i]);
            }
          };
      case "neu" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = a[i] != b[i];
            }
          };
      case "ltu" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = !(a[i] >= b[i]);
            }
          };
      case "leu" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = !(a[i] > b[i]);
            }
          };
      case "gtu" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = !(a[i] <= b[i]);
            }
          };
      case "geu" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = !(a[i] < b[i]);
            }
          };
      case "num" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = !Float.isNaN(a[i]) && !Float.isNaN(b[i]);
            }
          };
      case "nan" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = Float.isNaN(a[i]) || Float.isNaN(b[i]);
            }
          };
      default -> null;
    };
  }

  /** Those that end with u hold also where an operand is not a number. */
  static Step.EachLane doubles(String name, boolean[] d, double[] a, double[] b) {
    return switch (name) {
      case "eq" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = a[i] == b[i];
            }
          };
      case "lt" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = a[i] < b[i];
            }
          };
      case "le" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = a[i] <= b[i];
            }
          };
      case "gt" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = a[i] > b[i];
            }
          };
      case "ge" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = a[i] >= b[i];
            }
          };
      case "ne" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = a[i] < b[i] || a[i] > b[i];
            }
          };
      case "equ" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = !(a[i] < b[i] || a[i] > b[i]);
            }
          };
      case "neu" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = a[i] != b[i];
            }
          };
      case "ltu" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = !(a[i] >= b[i]);
            }
          };
      case "leu" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = !(a[i] > b[i]);
            }
          };
      case "gtu" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = !(a[i] <= b[i]);
            }
          };
      case "geu" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = !(a[i] < b[i]);
            }
          };
      case "num" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = !Double.isNaN(a[i]) && !Double.isNaN(b[i]);
            }
          };
      case "nan" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = Double.isNaN(a[i]) || Double.isNaN(b[i]);
            }
          };
      default -> null;
    };
  }

  static Step.EachLane ints(String name, boolean unsigned, boolean[] d, int[] a, int[] b) {
    int flip = unsigned ? Integer.MIN_VALUE : 0;
    return switch (name) {
      case "eq" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = a[i] == b[i];
            }
          };
      case "ne" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = a[i] != b[i];
            }
          };
      case "lt" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = (a[i] ^ flip) < (b[i] ^ flip);
            }
          };
      case "le" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = (a[i] ^ flip) <= (b[i] ^ flip);
            }
          };
      case "gt" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = (a[i] ^ flip) > (b[i] ^ flip);
            }
          };
      case "ge" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = (a[i] ^ flip) >= (b[i] ^ flip);
            }
          };
      case "lo" -> ints("lt", true, d, a, b);
      case "ls" -> ints("le", true, d, a, b);
      case "hi" -> ints("gt", true, d, a, b);
      case "hs" -> ints("ge", true, d, a, b);
      default -> null;
    };
  }

  static Step.EachLane longs(String name, boolean unsigned, boolean[] d, long[] a, long[] b) {
    long flip = unsigned ? Long.MIN_VALUE : 0;
    return switch (name) {
      case "eq" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = a[i] == b[i];
            }
          };
      case "ne" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = a[i] != b[i];
            }
          };
      case "lt" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = (a[i] ^ flip) < (b[i] ^ flip);
            }
          };
      case "le" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = (a[i] ^ flip) <= (b[i] ^ flip);
            }
          };
      case "gt" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = (a[i] ^ flip) > (b[i] ^ flip);
            }
          };
      case "ge" ->
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = (a[i] ^ flip) >= (b[i] ^ flip);
            }
          };
      case "lo" -> longs("lt", true, d, a, b);
      case "ls" -> longs("le", true, d, a, b);
      case "hi" -> longs("gt", true, d, a, b);
      case "hs" -> longs("ge", true, d, a, b);
      default -> null;
    };
  }
}
