package org.pellucid.backend.cuda.emulator;

import java.math.BigDecimal;
import java.util.List;

/** Conversions between numbers: "PTX ISA", 9.7.9.21. */
final class ConversionInstructions {
  private ConversionInstructions() {}

  static Step translate(Operands o) {
    List<String> modifiers = o.instruction().modifiers();
    if (modifiers.size() < 2) {
      return null;
    }
    String from = modifiers.get(modifiers.size() - 1);
    String to = modifiers.get(modifiers.size() - 2);
    Step common = common(o, to, from);
    if (common != null) {
      return common;
    }
    if (to.equals("tf32")) {
      return tensorFloat(o);
    }
    if (to.endsWith("x2")) {
      return pair(o, Half.of(to));
    }
    boolean floatingTarget = isFloating(to);
    boolean floatingSource = isFloating(from);
    if (!floatingTarget && !floatingSource) {
      return integers(o, to, from);
    }
    if (floatingTarget && floatingSource) {
      return floats(o, to, from);
    }
    return floatingTarget ? integerToFloat(o, to, from) : floatToInteger(o, to, from);
  }

  private static boolean isFloating(String type) {
    return type.startsWith("f") || type.startsWith("bf");
  }

  /** The conversions of index arithmetic, which are everywhere. */
  private static Step common(Operands o, String to, String from) {
    if (o.instruction().has("sat")) {
      return null;
    }
    switch (to + from) {
      case "s64s32" -> {
        long[] d = o.longTarget(0);
        int[] a = o.ints(1);
        return (Step.EachLane)
            (first, end) -> {
              for (int i = first; i < end; i++) {
                d[i] = a[i];
              }
            };
      }
      case "u64u32" -> {
        long[] d = o.longTarget(0);
        int[] a = o.ints(1);
        return (Step.EachLane)
            (first, end) -> {
              for (int i = first; i < end; i++) {
                d[i] = a[i] & 0xffffffffL;
              }
            };
      }
      case "u32u64", "s32s64", "u32s64", "s32u64" -> {
        int[] d = o.intTarget(0);
        long[] a = o.longs(1);
        return (Step.EachLane)
            (first, end) -> {
              for (int i = first; i < end; i++) {
                d[i] = (int) a[i];
              }
            };
      }
      case "f32s32" -> {
        if (Rounding.of(o.instruction()) != Rounding.NEAREST) {
          return null;
        }
        float[] d = o.floatTarget(0);
        int[] a = o.ints(1);
        return (Step.EachLane)
            (first, end) -> {
              for (int i = first; i < end; i++) {
                d[i] = (float) a[i];
              }
            };
      }
      case "f64f32" -> {
        double[] d = o.doubleTarget(0);
        float[] a = o.floats(1);
        return (Step.EachLane)
            (first, end) -> {
              for (int i = first; i < end; i++) {
                d[i] = a[i];
              }
            };
      }
      default -> {
        return null;
      }
    }
  }

  /** Ten bits of fraction, ties away from zero, or to even with {@code .rn}. */
  private static Step tensorFloat(Operands o) {
    boolean away = o.instruction().has("rna");
    boolean nearest = o.instruction().has("rn");
    int[] d = o.intTarget(0);
    int[] a = o.ints(1);
    return (Step.EachLane)
        (from, to) -> {
          for (int i = from; i < to; i++) {
            int bits = a[i];
            int size = bits & 0x7fffffff;
            if (size < 0x7f800000) {
              int half = away ? 0x1000 : nearest ? 0xfff + (size >> 13 & 1) : 0;
              size += half;
            }
            d[i] = bits & 0x80000000 | size & 0xffffe000;
          }
        };
  }

  /** {@code cvt.rn.bf16x2.f32 d, a, b}: a becomes the upper half. */
  private static Step pair(Operands o, Half half) {
    if (o.instruction().operands().size() != 3 || !o.instruction().type().equals("f32")) {
      return null;
    }
    Rounding rounding = Rounding.of(o.instruction());
    boolean relu = o.instruction().has("relu");
    int[] d = o.intTarget(0);
    float[] a = o.floats(1);
    float[] b = o.floats(2);
    return (Step.EachLane)
        (from, to) -> {
          for (int i = from; i < to; i++) {
            float high = relu && a[i] < 0 ? 0 : a[i];
            float low = relu && b[i] < 0 ? 0 : b[i];
            d[i] = half.bits(high, rounding) << 16 | half.bits(low, rounding) & 0xffff;
          }
        };
  }

  private static long extended(long bits, String type) {
    int unused = 64 - 8 * PtxKernel.width(type);
    return type.startsWith("s") ? bits << unused >> unused : bits << unused >>> unused;
  }

  private static Step integers(Operands o, String to, String from) {
    boolean saturate = o.instruction().has("sat");
    long[] d = o.anyTarget(o.operand(0));
    long[] a = o.anyBits(o.operand(1));
    return (Step.EachLane)
        (first, end) -> {
          for (int i = first; i < end; i++) {
            long value = extended(a[i], from);
            // A narrow result fills its register as its type says.
            d[i] = extended(saturate ? clamped(value, from, to) : value, to);
          }
        };
  }

  private static long clamped(long value, String from, String to) {
    int bits = 8 * PtxKernel.width(to);
    boolean huge = from.equals("u64") && value < 0;
    if (to.startsWith("s")) {
      long most = Long.MAX_VALUE >>> (64 - bits);
      return huge ? most : Math.max(-most - 1, Math.min(most, value));
    }
    if (bits == 64) {
      return huge ? value : Math.max(0, value);
    }
    return huge ? -1L >>> (64 - bits) : Math.max(0, Math.min(-1L >>> (64 - bits), value));
  }

  private static double[] floatingSource(Operands o, String from) {
    if (from.equals("f64")) {
      return o.doubles(1);
    }
    double[] values = new double[o.threads()];
    if (from.equals("f32")) {
      float[] a = o.floats(1);
      boolean flush = o.instruction().has("ftz");
      o.before(
          (first, end) -> {
            for (int i = first; i < end; i++) {
              values[i] =
                  flush && Math.abs(a[i]) < Float.MIN_NORMAL ? Math.copySign(0, a[i]) : a[i];
            }
          });
      return values;
    }
    Half half = Half.of(from);
    long[] a = o.anyBits(o.operand(1));
    o.before(
        (first, end) -> {
          for (int i = first; i < end; i++) {
            values[i] = half.value((short) a[i]);
          }
        });
    return values;
  }

  private static Step floats(Operands o, String to, String from) {
    Instruction instruction = o.instruction();
    Rounding rounding = Rounding.of(instruction);
    boolean whole =
        instruction.modifiers().stream().anyMatch(List.of("rni", "rzi", "rmi", "rpi")::contains);
    boolean saturate = instruction.has("sat");
    boolean relu = instruction.has("relu");
    double[] a = floatingSource(o, from);
    double[] values = new double[o.threads()];
    Step.EachLane prepare =
        (first, end) -> {
          for (int i = first; i < end; i++) {
            double value = whole ? rounding.whole(a[i]) : a[i];
            if (relu && value < 0) {
              value = 0;
            }
            values[i] = !saturate ? value : value > 0 ? Math.min(value, 1) : 0;
          }
        };
    o.before(prepare);
    return floatTarget(o, to, values, rounding);
  }

  private static Step floatTarget(Operands o, String to, double[] values, Rounding rounding) {
    if (to.equals("f64")) {
      double[] d = o.doubleTarget(0);
      return (Step.EachLane) (first, end) -> System.arraycopy(values, first, d, first, end - first);
    }
    if (to.equals("f32")) {
      float[] d = o.floatTarget(0);
      return (Step.EachLane)
          (first, end) -> {
            for (int i = first; i < end; i++) {
              d[i] = rounding.round(values[i], 0);
            }
          };
    }
    Half half = Half.of(to);
    long[] d = o.anyTarget(o.operand(0));
    return (Step.EachLane)
        (first, end) -> {
          for (int i = first; i < end; i++) {
            d[i] = half.bits(values[i], rounding) & 0xffffL;
          }
        };
  }

  private static Step integerToFloat(Operands o, String to, String from) {
    Rounding rounding = Rounding.of(o.instruction());
    long[] a = o.anyBits(o.operand(1));
    if (!from.endsWith("64")) {
      double[] values = new double[o.threads()];
      o.before(
          (first, end) -> {
            for (int i = first; i < end; i++) {
              values[i] = (double) extended(a[i], from);
            }
          });
      return floatTarget(o, to, values, rounding);
    }
    boolean unsigned = from.equals("u64");
    if (to.equals("f32")) {
      float[] d = o.floatTarget(0);
      return (Step.EachLane)
          (first, end) -> {
            for (int i = first; i < end; i++) {
              BigDecimal exact = exact(a[i], unsigned);
              double near = exact.doubleValue();
              double rest = exact.subtract(new BigDecimal(near)).signum();
              d[i] = rounding == Rounding.NEAREST ? exact.floatValue() : rounding.round(near, rest);
            }
          };
    }
    if (!to.equals("f64") || rounding != Rounding.NEAREST) {
      return null;
    }
    double[] d = o.doubleTarget(0);
    return (Step.EachLane)
        (first, end) -> {
          for (int i = first; i < end; i++) {
            d[i] = unsigned && a[i] < 0 ? exact(a[i], true).doubleValue() : (double) a[i];
          }
        };
  }

  private static BigDecimal exact(long bits, boolean unsigned) {
    return new BigDecimal(unsigned ? Long.toUnsignedString(bits) : Long.toString(bits));
  }

  /** What is out of range becomes the nearest that is not; what is not a number becomes 0. */
  private static Step floatToInteger(Operands o, String to, String from) {
    Rounding rounding = Rounding.of(o.instruction());
    double[] a = floatingSource(o, from);
    long[] d = o.anyTarget(o.operand(0));
    int bits = 8 * PtxKernel.width(to);
    boolean signed = to.startsWith("s");
    double least = signed ? -Math.scalb(1.0, bits - 1) : 0;
    double end = Math.scalb(1.0, signed ? bits - 1 : bits);
    long most = signed ? Long.MAX_VALUE >>> (64 - bits) : -1L >>> (64 - bits);
    return (Step.EachLane)
        (first, last) -> {
          for (int i = first; i < last; i++) {
            double value = rounding.whole(a[i]);
            if (Double.isNaN(value)) {
              d[i] = 0;
            } else if (value >= end) {
              d[i] = most;
            } else if (value <= least) {
              d[i] = (long) least;
            } else {
              d[i] = value < Long.MAX_VALUE ? (long) value : (long) (value - end / 2) + (1L << 63);
            }
          }
        };
  }
}
