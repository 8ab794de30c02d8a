package org.pellucid.backend.cuda.emulator;

import java.util.List;

/** Moves between registers, and addresses of one space as those of another: "PTX ISA", 9.7.9. */
final class MoveInstructions {
  private MoveInstructions() {}

  static Step translate(Operands o) {
    return switch (o.instruction().base()) {
      case "mov" -> move(o);
      case "cvta" -> convertAddress(o);
      case "isspacep" -> isInSpace(o);
      default -> null;
    };
  }

  private static Step move(Operands o) {
    if (o.operand(0) instanceof Operand.Vector parts) {
      return unpack(o, parts.elements());
    }
    if (o.operand(1) instanceof Operand.Vector parts) {
      return pack(o, parts.elements());
    }
    return switch (o.instruction().type()) {
      case "pred" -> {
        boolean[] d = o.predicateTarget(0);
        boolean[] a = o.predicates(1);
        yield copy(a, d);
      }
      case "f32" -> copy(o.floats(1), o.floatTarget(0));
      case "f64" -> copy(o.doubles(1), o.doubleTarget(0));
      case "b16", "u16", "s16", "f16", "bf16" -> copy(o.shorts(1), o.shortTarget(0));
      case "b32", "u32", "s32", "f16x2", "bf16x2" -> move32(o);
      case "b64", "u64", "s64" -> copy(o.longs(1), o.longTarget(0));
      default -> null;
    };
  }

  /** The bits, where both sides keep them the same way without a detour. */
  private static Step move32(Operands o) {
    if (o.operand(0) instanceof Operand.Register target
        && o.operand(1) instanceof Operand.Register source) {
      Object to = o.block().registers().array(target);
      Object from = o.block().registers().array(source);
      if (to instanceof float[] d && from instanceof float[] a) {
        return copy(a, d);
      }
    }
    return copy(o.ints(1), o.intTarget(0));
  }

  private static Step.EachLane copy(Object source, Object target) {
    return (from, to) -> System.arraycopy(source, from, target, from, to - from);
  }

  private static Step pack(Operands o, List<Operand> parts) {
    int bits = 8 * PtxKernel.width(o.instruction().type()) / parts.size();
    long mask = -1L >>> (64 - bits);
    long[] d = o.anyTarget(o.operand(0));
    long[][] a = parts.stream().map(o::anyBits).toArray(long[][]::new);
    return (Step.EachLane)
        (from, to) -> {
          for (int i = from; i < to; i++) {
            long value = 0;
            for (int k = 0; k < a.length; k++) {
              value |= (a[k][i] & mask) << bits * k;
            }
            d[i] = value;
          }
        };
  }

  private static Step unpack(Operands o, List<Operand> parts) {
    int bits = 8 * PtxKernel.width(o.instruction().type()) / parts.size();
    long mask = -1L >>> (64 - bits);
    long[] a = o.anyBits(o.operand(1));
    long[][] d = parts.stream().map(o::anyTarget).toArray(long[][]::new);
    return (Step.EachLane)
        (from, to) -> {
          for (int i = from; i < to; i++) {
            long value = a[i];
            for (int k = 0; k < d.length; k++) {
              d[k][i] = value >>> bits * k & mask;
            }
          }
        };
  }

  private static long window(Instruction instruction) {
    if (instruction.has("shared")) {
      return Block.SHARED_WINDOW;
    }
    if (instruction.has("local")) {
      return Block.LOCAL_WINDOW;
    }
    return instruction.has("param") ? Block.PARAMETER_WINDOW : 0;
  }

  /** {@code cvta.SPACE} makes an address generic, {@code cvta.to.SPACE} the other way round. */
  private static Step convertAddress(Operands o) {
    long window = window(o.instruction());
    boolean back = o.instruction().has("to");
    long[] d = o.anyTarget(o.operand(0));
    long[] a = o.anyBits(o.operand(1));
    return (Step.EachLane)
        (from, to) -> {
          for (int i = from; i < to; i++) {
            d[i] = back ? a[i] - window : a[i] + window;
          }
        };
  }

  private static Step isInSpace(Operands o) {
    long window = window(o.instruction());
    boolean[] d = o.predicateTarget(0);
    long[] a = o.longs(1);
    long windows = Block.SHARED_WINDOW | Block.LOCAL_WINDOW | Block.PARAMETER_WINDOW;
    return (Step.EachLane)
        (from, to) -> {
          for (int i = from; i < to; i++) {
            d[i] = (a[i] & windows) == window;
          }
        };
  }
}
