package org.pellucid.backend.cuda.emulator;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

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

  private Object array(Operand operand) {
    if (operand instanceof Operand.Register register) {
      return registers.array(register);
    }
    throw mismatch(operand, "a register");
  }

  // ---- what is read ----

  /** The register's array, or a copy of its bits where it is kept as one of some other types. */
  private <A> A read(
      Operand operand, IntFunction<A> make, Class<A> type, String wanted, Class<?>... others) {
    Object array = array(operand);
    if (type.isInstance(array)) {
      return type.cast(array);
    }
    requireOneOf(operand, array, wanted, others);
    A copy = make.apply(threads());
    before(BitCopies.between(array, copy));
    return copy;
  }

  private void requireOneOf(Operand operand, Object array, String wanted, Class<?>... types) {
    for (Class<?> type : types) {
      if (type.isInstance(array)) {
        return;
      }
    }
    throw mismatch(operand, wanted);
  }

  float[] floats(int index) {
    return floats(operand(index));
  }

  float[] floats(Operand operand) {
    return operand instanceof Operand.Immediate fixed
        ? registers.constant(Float.intBitsToFloat((int) fixed.bits()))
        : read(operand, float[]::new, float[].class, "32 bits", int[].class);
  }

  double[] doubles(int index) {
    return doubles(operand(index));
  }

  double[] doubles(Operand operand) {
    return operand instanceof Operand.Immediate fixed
        ? registers.constant(Double.longBitsToDouble(fixed.bits()))
        : read(operand, double[]::new, double[].class, "64 bits", long[].class);
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
    return read(
        operand, int[]::new, int[].class, "32 bits", float[].class, short[].class, long[].class);
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
    return read(operand, long[]::new, long[].class, "64 bits", double[].class, int[].class);
  }

  short[] shorts(int index) {
    return shorts(operand(index));
  }

  short[] shorts(Operand operand) {
    return operand instanceof Operand.Immediate fixed
        ? registers.constant((short) fixed.bits())
        : read(operand, short[]::new, short[].class, "16 bits", int[].class);
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

  /** The bits of whatever register or number it is, with zeros above. */
  long[] anyBits(Operand operand) {
    return operand instanceof Operand.Immediate || operand instanceof Operand.Symbol
        ? longs(operand)
        : read(
            operand,
            long[]::new,
            long[].class,
            "64 bits",
            short[].class,
            int[].class,
            float[].class,
            double[].class);
  }

  // ---- what is written ----

  /**
   * The register's array, or one whose bits are copied to it afterwards where it is kept as one of
   * some other types; any array where the result goes nowhere.
   */
  private <A> A write(
      Operand operand, IntFunction<A> make, Class<A> type, String wanted, Class<?>... others) {
    if (operand instanceof Operand.Sink) {
      return make.apply(threads());
    }
    Object array = array(operand);
    if (type.isInstance(array)) {
      return type.cast(array);
    }
    requireOneOf(operand, array, wanted, others);
    A copy = make.apply(threads());
    after(BitCopies.between(copy, array));
    return copy;
  }

  float[] floatTarget(int index) {
    return floatTarget(operand(index));
  }

  float[] floatTarget(Operand operand) {
    return write(operand, float[]::new, float[].class, "32 bits", int[].class);
  }

  double[] doubleTarget(int index) {
    return doubleTarget(operand(index));
  }

  double[] doubleTarget(Operand operand) {
    return write(operand, double[]::new, double[].class, "64 bits", long[].class);
  }

  int[] intTarget(int index) {
    return intTarget(operand(index));
  }

  int[] intTarget(Operand operand) {
    return write(operand, int[]::new, int[].class, "32 bits", float[].class);
  }

  long[] longTarget(int index) {
    return longTarget(operand(index));
  }

  long[] longTarget(Operand operand) {
    return write(operand, long[]::new, long[].class, "64 bits", double[].class);
  }

  short[] shortTarget(int index) {
    return shortTarget(operand(index));
  }

  short[] shortTarget(Operand operand) {
    return write(operand, short[]::new, short[].class, "16 bits");
  }

  boolean[] predicateTarget(int index) {
    return predicateTarget(operand(index));
  }

  boolean[] predicateTarget(Operand operand) {
    return write(operand, boolean[]::new, boolean[].class, "a predicate");
  }

  /** A target for integers of at most 64 bits, whose low bits go into whatever register it is. */
  long[] anyTarget(Operand operand) {
    return write(
        operand,
        long[]::new,
        long[].class,
        "an integer",
        short[].class,
        int[].class,
        float[].class,
        double[].class);
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
}
