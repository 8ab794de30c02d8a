package org.pellucid.backend.cuda.emulator;

import java.util.ArrayList;
import java.util.List;

/**
 * The operands of one instruction as arrays with an element per thread. Where a register is kept as
 * another type of the same width, its bits are copied before or after the instruction.
 */
final class Operands {
  private final Instruction instruction;
  private final Block block;
  private final RegisterFile registers;
  private final List<Step.EachLane> before = new ArrayList<>();
  private final List<Step.EachLane> after = new ArrayList<>();

  Operands(Instruction instruction, Block block) {
    this.instruction = instruction;
    this.block = block;
    this.registers = block.registers();
  }

  Instruction instruction() {
    return instruction;
  }

  Block block() {
    return block;
  }

  int threads() {
    return block.threads();
  }

  Operand operand(int index) {
    return instruction.operand(index);
  }

  /** The operand itself, or the elements of a vector. */
  List<Operand> elements(int index) {
    return operand(index) instanceof Operand.Vector vector
        ? vector.elements()
        : List.of(operand(index));
  }

  /** All that is to be done before the instruction. */
  List<Step.EachLane> preparation() {
    return List.copyOf(before);
  }

  /** Done before the instruction. */
  void before(Step.EachLane step) {
    before.add(step);
  }

  /** Done after the instruction. */
  void after(Step.EachLane step) {
    after.add(0, step);
  }

  /** The instruction with what is done before and after it. */
  Step complete(Step step) {
    if (before.isEmpty() && after.isEmpty()) {
      return step;
    }
    Step[] all = new Step[before.size() + 1 + after.size()];
    for (int i = 0; i < before.size(); i++) {
      all[i] = before.get(i);
    }
    all[before.size()] = step;
    for (int i = 0; i < after.size(); i++) {
      all[before.size() + 1 + i] = after.get(i);
    }
    return lanes -> {
      for (Step part : all) {
        part.run(lanes);
      }
    };
  }

  private Trap mismatch(Operand operand, String wanted) {
    return Trap.ptx(
        "line "
            + instruction.line()
            + ": "
            + operand
            + " is no operand of "
            + wanted
            + " in "
            + instruction.text());
  }

  // ---- what is read ----

  float[] floats(int index) {
    return floats(operand(index));
  }

  float[] floats(Operand operand) {
    if (operand instanceof Operand.Immediate fixed) {
      return registers.constant(Float.intBitsToFloat((int) fixed.bits()));
    }
    Object array = array(operand);
    if (array instanceof float[] same) {
      return same;
    }
    if (array instanceof int[] bits) {
      float[] copy = new float[threads()];
      before(
          (from, to) -> {
            for (int i = from; i < to; i++) {
              copy[i] = Float.intBitsToFloat(bits[i]);
            }
          });
      return copy;
    }
    throw mismatch(operand, "32 bits");
  }

  double[] doubles(int index) {
    return doubles(operand(index));
  }

  double[] doubles(Operand operand) {
    if (operand instanceof Operand.Immediate fixed) {
      return registers.constant(Double.longBitsToDouble(fixed.bits()));
    }
    Object array = array(operand);
    if (array instanceof double[] same) {
      return same;
    }
    if (array instanceof long[] bits) {
      double[] copy = new double[threads()];
      before(
          (from, to) -> {
            for (int i = from; i < to; i++) {
              copy[i] = Double.longBitsToDouble(bits[i]);
            }
          });
      return copy;
    }
    throw mismatch(operand, "64 bits");
  }

  int[] ints(int index) {
    return ints(operand(index));
  }

  int[] ints(Operand operand) {
    if (operand instanceof Operand.Immediate fixed) {
      return registers.constant((int) fixed.bits());
    }
    if (operand instanceof Operand.Symbol symbol) {
      return registers.constant((int) block.address(symbol.name()));
    }
    Object array = array(operand);
    if (array instanceof int[] same) {
      return same;
    }
    int[] copy = new int[threads()];
    if (array instanceof float[] bits) {
      before(
          (from, to) -> {
            for (int i = from; i < to; i++) {
              copy[i] = Float.floatToRawIntBits(bits[i]);
            }
          });
      return copy;
    }
    if (array instanceof short[] narrow) {
      before(
          (from, to) -> {
            for (int i = from; i < to; i++) {
              copy[i] = narrow[i];
            }
          });
      return copy;
    }
    if (array instanceof long[] wide) {
      before(
          (from, to) -> {
            for (int i = from; i < to; i++) {
              copy[i] = (int) wide[i];
            }
          });
      return copy;
    }
    throw mismatch(operand, "32 bits");
  }

  long[] longs(int index) {
    return longs(operand(index));
  }

  long[] longs(Operand operand) {
    if (operand instanceof Operand.Immediate fixed) {
      return registers.constant(fixed.bits());
    }
    if (operand instanceof Operand.Symbol symbol) {
      return registers.constant(block.address(symbol.name()));
    }
    Object array = array(operand);
    if (array instanceof long[] same) {
      return same;
    }
    long[] copy = new long[threads()];
    if (array instanceof double[] bits) {
      before(
          (from, to) -> {
            for (int i = from; i < to; i++) {
              copy[i] = Double.doubleToRawLongBits(bits[i]);
            }
          });
      return copy;
    }
    if (array instanceof int[] narrow) {
      before(
          (from, to) -> {
            for (int i = from; i < to; i++) {
              copy[i] = narrow[i] & 0xffffffffL;
            }
          });
      return copy;
    }
    throw mismatch(operand, "64 bits");
  }

  short[] shorts(int index) {
    return shorts(operand(index));
  }

  short[] shorts(Operand operand) {
    if (operand instanceof Operand.Immediate fixed) {
      return registers.constant((short) fixed.bits());
    }
    Object array = array(operand);
    if (array instanceof short[] same) {
      return same;
    }
    if (array instanceof int[] wide) {
      short[] copy = new short[threads()];
      before(
          (from, to) -> {
            for (int i = from; i < to; i++) {
              copy[i] = (short) wide[i];
            }
          });
      return copy;
    }
    throw mismatch(operand, "16 bits");
  }

  boolean[] predicates(int index) {
    return predicates(operand(index));
  }

  boolean[] predicates(Operand operand) {
    if (operand instanceof Operand.Immediate fixed) {
      return registers.constant(fixed.bits() != 0);
    }
    if (operand instanceof Operand.Register register
        && registers.array(register) instanceof boolean[] plain) {
      if (!register.negated()) {
        return plain;
      }
      boolean[] copy = new boolean[threads()];
      before(
          (from, to) -> {
            for (int i = from; i < to; i++) {
              copy[i] = !plain[i];
            }
          });
      return copy;
    }
    throw mismatch(operand, "a predicate");
  }

  private Object array(Operand operand) {
    if (operand instanceof Operand.Register register) {
      return registers.array(register);
    }
    throw mismatch(operand, "a register");
  }

  // ---- what is written ----

  float[] floatTarget(int index) {
    return floatTarget(operand(index));
  }

  float[] floatTarget(Operand operand) {
    if (operand instanceof Operand.Sink) {
      return new float[threads()];
    }
    Object array = array(operand);
    if (array instanceof float[] same) {
      return same;
    }
    if (array instanceof int[] bits) {
      float[] copy = new float[threads()];
      after(
          (from, to) -> {
            for (int i = from; i < to; i++) {
              bits[i] = Float.floatToRawIntBits(copy[i]);
            }
          });
      return copy;
    }
    throw mismatch(operand, "32 bits");
  }

  double[] doubleTarget(int index) {
    return doubleTarget(operand(index));
  }

  double[] doubleTarget(Operand operand) {
    if (operand instanceof Operand.Sink) {
      return new double[threads()];
    }
    Object array = array(operand);
    if (array instanceof double[] same) {
      return same;
    }
    if (array instanceof long[] bits) {
      double[] copy = new double[threads()];
      after(
          (from, to) -> {
            for (int i = from; i < to; i++) {
              bits[i] = Double.doubleToRawLongBits(copy[i]);
            }
          });
      return copy;
    }
    throw mismatch(operand, "64 bits");
  }

  int[] intTarget(int index) {
    return intTarget(operand(index));
  }

  int[] intTarget(Operand operand) {
    if (operand instanceof Operand.Sink) {
      return new int[threads()];
    }
    Object array = array(operand);
    if (array instanceof int[] same) {
      return same;
    }
    if (array instanceof float[] bits) {
      int[] copy = new int[threads()];
      after(
          (from, to) -> {
            for (int i = from; i < to; i++) {
              bits[i] = Float.intBitsToFloat(copy[i]);
            }
          });
      return copy;
    }
    throw mismatch(operand, "32 bits");
  }

  long[] longTarget(int index) {
    return longTarget(operand(index));
  }

  long[] longTarget(Operand operand) {
    if (operand instanceof Operand.Sink) {
      return new long[threads()];
    }
    Object array = array(operand);
    if (array instanceof long[] same) {
      return same;
    }
    if (array instanceof double[] bits) {
      long[] copy = new long[threads()];
      after(
          (from, to) -> {
            for (int i = from; i < to; i++) {
              bits[i] = Double.longBitsToDouble(copy[i]);
            }
          });
      return copy;
    }
    throw mismatch(operand, "64 bits");
  }

  short[] shortTarget(int index) {
    return shortTarget(operand(index));
  }

  short[] shortTarget(Operand operand) {
    if (operand instanceof Operand.Sink) {
      return new short[threads()];
    }
    Object array = array(operand);
    if (array instanceof short[] same) {
      return same;
    }
    throw mismatch(operand, "16 bits");
  }

  boolean[] predicateTarget(int index) {
    return predicateTarget(operand(index));
  }

  boolean[] predicateTarget(Operand operand) {
    if (operand instanceof Operand.Sink) {
      return new boolean[threads()];
    }
    if (array(operand) instanceof boolean[] same) {
      return same;
    }
    throw mismatch(operand, "a predicate");
  }

  /** The bytes that a register of the operand has: 2, 4 or 8. */
  int width(Operand operand) {
    if (operand instanceof Operand.Sink) {
      return 8;
    }
    Object array = array(operand);
    return array instanceof short[]
        ? 2
        : array instanceof int[] || array instanceof float[] ? 4 : 8;
  }

  /**
   * A target for integers of at most 64 bits, whose low bits go into whatever register it is.
   *
   * @return the array to write
   */
  long[] anyTarget(Operand operand) {
    if (operand instanceof Operand.Sink) {
      return new long[threads()];
    }
    Object array = array(operand);
    if (array instanceof long[] same) {
      return same;
    }
    long[] copy = new long[threads()];
    if (array instanceof short[] narrow) {
      after(
          (from, to) -> {
            for (int i = from; i < to; i++) {
              narrow[i] = (short) copy[i];
            }
          });
    } else if (array instanceof int[] narrow) {
      after(
          (from, to) -> {
            for (int i = from; i < to; i++) {
              narrow[i] = (int) copy[i];
            }
          });
    } else if (array instanceof float[] bits) {
      after(
          (from, to) -> {
            for (int i = from; i < to; i++) {
              bits[i] = Float.intBitsToFloat((int) copy[i]);
            }
          });
    } else if (array instanceof double[] bits) {
      after(
          (from, to) -> {
            for (int i = from; i < to; i++) {
              bits[i] = Double.longBitsToDouble(copy[i]);
            }
          });
    } else {
      throw mismatch(operand, "an integer");
    }
    return copy;
  }

  /** The bits of whatever register or number it is, with zeros above. */
  long[] anyBits(Operand operand) {
    if (operand instanceof Operand.Immediate || operand instanceof Operand.Symbol) {
      return longs(operand);
    }
    Object array = array(operand);
    if (array instanceof short[] narrow) {
      long[] copy = new long[threads()];
      before(
          (from, to) -> {
            for (int i = from; i < to; i++) {
              copy[i] = narrow[i] & 0xffffL;
            }
          });
      return copy;
    }
    if (array instanceof float[] bits) {
      long[] copy = new long[threads()];
      before(
          (from, to) -> {
            for (int i = from; i < to; i++) {
              copy[i] = Float.floatToRawIntBits(bits[i]) & 0xffffffffL;
            }
          });
      return copy;
    }
    return longs(operand);
  }
}
