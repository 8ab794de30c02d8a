package org.pellucid.backend.cuda.emulator;

import java.util.Set;

/**
 * Reading and changing memory as one: "PTX ISA", 9.7.13. Threads take turns in ascending order, and
 * a launch whose kernel has such instructions on global memory runs its blocks one after the other.
 */
final class AtomicInstructions {
  private static final Set<String> NAMES =
      Set.of("add", "min", "max", "and", "or", "xor", "exch", "cas", "inc", "dec");

  private AtomicInstructions() {}

  @FunctionalInterface
  private interface Update {
    long apply(long old, long a, long b);
  }

  static Step translate(Operands o) {
    Instruction instruction = o.instruction();
    boolean returns = instruction.base().equals("atom");
    String type = instruction.type();
    String name =
        instruction.modifiers().stream().filter(NAMES::contains).findFirst().orElse("none");
    Update update = update(name, type);
    if (update == null || o.operand(returns ? 2 : 1) instanceof Operand.Vector) {
      return null;
    }
    int width = PtxKernel.width(type);
    Access access = new Access(o, o.operand(returns ? 1 : 0), width, SharedMemory.Kind.ATOMIC);
    int first = returns ? 2 : 1;
    long[] a = o.anyBits(o.operand(first));
    long[] b = name.equals("cas") ? o.anyBits(o.operand(first + 1)) : a;
    long[] d = returns ? o.anyTarget(o.operand(0)) : new long[o.threads()];
    int[] slot = access.slot();
    int[] at = access.at();
    return (Step.EachLane)
        (from, to) -> {
          for (int i = from; i < to; i++) {
            access.resolve(i, i + 1);
            byte[] memory = access.arrays()[slot[i]];
            long old = Bytes.get(memory, at[i], type);
            Bytes.put(memory, at[i], width, update.apply(old, a[i], b[i]));
            d[i] = old;
          }
        };
  }

  private static Update update(String name, String type) {
    if (type.startsWith("f") || type.startsWith("bf")) {
      return name.equals("add") ? floatingSum(type) : null;
    }
    boolean wide = type.endsWith("64");
    return switch (name) {
      case "add" -> (old, a, b) -> old + a;
      case "and" -> (old, a, b) -> old & a;
      case "or" -> (old, a, b) -> old | a;
      case "xor" -> (old, a, b) -> old ^ a;
      case "exch" -> (old, a, b) -> a;
      case "cas" -> (old, a, b) -> wide ? old == a ? b : old : (int) old == (int) a ? b : old;
      case "inc" -> (old, a, b) -> old >= (a & 0xffffffffL) ? 0 : old + 1;
      case "dec" -> (old, a, b) -> old == 0 || old > (a & 0xffffffffL) ? a : old - 1;
      case "min", "max" -> {
        boolean least = name.equals("min");
        boolean signed = type.startsWith("s");
        yield (old, a, b) -> {
          long other = wide ? a : signed ? (int) a : a & 0xffffffffL;
          int compared = signed ? Long.compare(old, other) : Long.compareUnsigned(old, other);
          return compared < 0 == least ? old : other;
        };
      }
      default -> null;
    };
  }

  private static Update floatingSum(String type) {
    return switch (type) {
      case "f32" ->
          (old, a, b) ->
              Float.floatToRawIntBits(
                      Float.intBitsToFloat((int) old) + Float.intBitsToFloat((int) a))
                  & 0xffffffffL;
      case "f64" ->
          (old, a, b) ->
              Double.doubleToRawLongBits(Double.longBitsToDouble(old) + Double.longBitsToDouble(a));
      default -> {
        Half half = Half.of(type);
        int bits = type.endsWith("x2") ? 32 : 16;
        yield (old, a, b) -> {
          long result = 0;
          for (int shift = 0; shift < bits; shift += 16) {
            double sum =
                (double) half.value((short) (old >> shift)) + half.value((short) (a >> shift));
            result |= (half.bits(sum) & 0xffffL) << shift;
          }
          return result;
        };
      }
    };
  }
}
