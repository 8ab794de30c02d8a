package org.pellucid.backend.cuda.emulator;

import java.util.List;

/** Comparisons and choices: "PTX ISA", 9.7.6. */
final class ComparisonInstructions {
  private ComparisonInstructions() {}

  static Step translate(Operands o) {
    return switch (o.instruction().base()) {
      case "setp" -> predicate(o);
      case "set" -> value(o);
      case "selp" -> select(o);
      case "slct" -> selectBySign(o);
      case "testp" -> test(o);
      default -> null;
    };
  }

  /** {@code setp.CMP[.BOOL][.ftz].TYPE p[|q], a, b[, c]}. */
  private static Step predicate(Operands o) {
    Operand first = o.operand(0);
    Operand second = null;
    if (first instanceof Operand.Pair pair) {
      first = pair.first();
      second = pair.second();
    }
    String combine = combination(o.instruction());
    if (combine == null && second == null) {
      return compare(o, o.predicateTarget(first));
    }
    boolean[] c = combine == null ? null : o.predicates(3);
    boolean[] compared = new boolean[o.threads()];
    Step.EachLane comparison = compare(o, compared);
    if (comparison == null) {
      return null;
    }
    boolean[] p = o.predicateTarget(first);
    boolean[] q = second == null ? new boolean[o.threads()] : o.predicateTarget(second);
    return (Step.EachLane)
        (from, to) -> {
          comparison.run(from, to);
          for (int i = from; i < to; i++) {
            boolean other = c != null && c[i];
            boolean yes = compared[i];
            p[i] = combine == null ? yes : combined(combine, yes, other);
            q[i] = combine == null ? !yes : combined(combine, !yes, other);
          }
        };
  }

  private static String combination(Instruction instruction) {
    List<String> modifiers = instruction.modifiers();
    for (String name : List.of("and", "or", "xor")) {
      if (modifiers.contains(name)) {
        return name;
      }
    }
    return null;
  }

  private static boolean combined(String combine, boolean a, boolean b) {
    return switch (combine) {
      case "and" -> a && b;
      case "or" -> a || b;
      default -> a ^ b;
    };
  }

  private static Step.EachLane compare(Operands o, boolean[] d) {
    Instruction instruction = o.instruction();
    String name = instruction.modifiers().get(0);
    String type = instruction.type();
    return switch (type) {
      case "f32" -> Comparisons.floats(name, d, o.floats(1), o.floats(2));
      case "f64" -> Comparisons.doubles(name, d, o.doubles(1), o.doubles(2));
      case "s32", "u32", "b32" ->
          Comparisons.ints(name, type.equals("u32"), d, o.ints(1), o.ints(2));
      case "s64", "u64", "b64" ->
          Comparisons.longs(name, type.equals("u64"), d, o.longs(1), o.longs(2));
      case "s16", "u16", "b16" -> shorts(name, type.equals("u16"), o, d);
      case "f16", "bf16" -> halves(name, Half.of(type), o, d);
      default -> null;
    };
  }

  private static Step.EachLane shorts(String name, boolean unsigned, Operands o, boolean[] d) {
    short[] a = o.shorts(1);
    short[] b = o.shorts(2);
    int[] x = new int[o.threads()];
    int[] y = new int[o.threads()];
    Step.EachLane comparison = Comparisons.ints(name, false, d, x, y);
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        x[i] = unsigned ? a[i] & 0xffff : a[i];
        y[i] = unsigned ? b[i] & 0xffff : b[i];
      }
      comparison.run(from, to);
    };
  }

  private static Step.EachLane halves(String name, Half half, Operands o, boolean[] d) {
    short[] a = o.shorts(1);
    short[] b = o.shorts(2);
    float[] x = new float[o.threads()];
    float[] y = new float[o.threads()];
    Step.EachLane comparison = Comparisons.floats(name, d, x, y);
    return (from, to) -> {
      for (int i = from; i < to; i++) {
        x[i] = half.value(a[i]);
        y[i] = half.value(b[i]);
      }
      comparison.run(from, to);
    };
  }

  /** {@code set.CMP[.BOOL].DTYPE.STYPE d, a, b[, c]}: all ones or 1.0 where it holds. */
  private static Step value(Operands o) {
    Instruction instruction = o.instruction();
    List<String> modifiers = instruction.modifiers();
    boolean floating = modifiers.get(modifiers.size() - 2).equals("f32");
    String combine = combination(instruction);
    boolean[] c = combine == null ? null : o.predicates(3);
    boolean[] compared = new boolean[o.threads()];
    Step.EachLane comparison = compare(o, compared);
    if (comparison == null) {
      return null;
    }
    int[] d = o.intTarget(0);
    int yes = floating ? Float.floatToRawIntBits(1) : -1;
    return (Step.EachLane)
        (from, to) -> {
          comparison.run(from, to);
          for (int i = from; i < to; i++) {
            boolean holds = c == null ? compared[i] : combined(combine, compared[i], c[i]);
            d[i] = holds ? yes : 0;
          }
        };
  }

  private static Step select(Operands o) {
    boolean[] p = o.predicates(3);
    String type = o.instruction().type();
    if (type.equals("f32")) {
      float[] d = o.floatTarget(0);
      float[] a = o.floats(1);
      float[] b = o.floats(2);
      return (Step.EachLane)
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = p[i] ? a[i] : b[i];
            }
          };
    }
    if (PtxKernel.width(type) == 4) {
      int[] d = o.intTarget(0);
      int[] a = o.ints(1);
      int[] b = o.ints(2);
      return (Step.EachLane)
          (from, to) -> {
            for (int i = from; i < to; i++) {
              d[i] = p[i] ? a[i] : b[i];
            }
          };
    }
    long[] d = o.anyTarget(o.operand(0));
    long[] a = o.anyBits(o.operand(1));
    long[] b = o.anyBits(o.operand(2));
    return (Step.EachLane)
        (from, to) -> {
          for (int i = from; i < to; i++) {
            d[i] = p[i] ? a[i] : b[i];
          }
        };
  }

  /** The first where the third is not negative. */
  private static Step selectBySign(Operands o) {
    boolean floating = o.instruction().type().equals("f32");
    long[] d = o.anyTarget(o.operand(0));
    long[] a = o.anyBits(o.operand(1));
    long[] b = o.anyBits(o.operand(2));
    int[] c = o.ints(3);
    return (Step.EachLane)
        (from, to) -> {
          for (int i = from; i < to; i++) {
            boolean first = floating ? Float.intBitsToFloat(c[i]) >= 0 : c[i] >= 0;
            d[i] = first ? a[i] : b[i];
          }
        };
  }

  private static Step test(Operands o) {
    if (!o.instruction().type().equals("f32")) {
      return null;
    }
    boolean[] d = o.predicateTarget(0);
    float[] a = o.floats(1);
    String name = o.instruction().modifiers().get(0);
    return (Step.EachLane)
        (from, to) -> {
          for (int i = from; i < to; i++) {
            float size = Math.abs(a[i]);
            d[i] =
                switch (name) {
                  case "finite" -> size <= Float.MAX_VALUE;
                  case "infinite" -> size > Float.MAX_VALUE;
                  case "number" -> !Float.isNaN(size);
                  case "notanumber" -> Float.isNaN(size);
                  case "normal" -> size >= Float.MIN_NORMAL && size <= Float.MAX_VALUE;
                  default -> size > 0 && size < Float.MIN_NORMAL;
                };
          }
        };
  }
}
