package org.pellucid.backend.cuda;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.pellucid.graph.Shape;

/**
 * Element-wise operations one after another on a value that stays in a register: the kernel {@code
 * elementwise}. Immutable; longer chains are made of shorter ones.
 *
 * @param shape of the result
 * @param operands what is read, of shapes that broadcast to the result's; the first is the value
 *     that the chain begins with
 * @param instructions what is done
 */
record Chain(Shape shape, List<Operand> operands, List<Instruction> instructions) {
  /** As in the kernel. */
  static final int MOST_AXES = 8;

  private static final int MOST_OPERANDS = 8;
  private static final int MOST_INSTRUCTIONS = 24;

  /** Elements that a thread does at once, at least: see the kernel. */
  private static final int AT_ONCE = 4;

  private static final int NONE = -1;

  /**
   * One operation on the value.
   *
   * @param a the number of the first further operand, or -1
   * @param b the number of the second
   */
  record Instruction(Code code, int a, int b, double p, double q) {}

  Chain {
    operands = List.copyOf(operands);
    instructions = List.copyOf(instructions);
  }

  /** A chain that only reads. */
  static Chain of(Operand start, Shape shape) {
    return new Chain(shape, List.of(start), List.of());
  }

  /** With an operation that needs no further operand. */
  Chain then(Code code, double p, double q) {
    List<Instruction> more = new ArrayList<>(instructions);
    more.add(new Instruction(code, NONE, NONE, p, q));
    return new Chain(shape, operands, more);
  }

  /** With an operation on the value and further operands, one or two. */
  Chain then(Code code, double p, Operand... further) {
    List<Operand> all = new ArrayList<>(operands);
    int[] numbers = {NONE, NONE};
    for (int i = 0; i < further.length; i++) {
      numbers[i] = all.indexOf(further[i]);
      if (numbers[i] < 0) {
        numbers[i] = all.size();
        all.add(further[i]);
      }
    }
    List<Instruction> more = new ArrayList<>(instructions);
    more.add(new Instruction(code, numbers[0], numbers[1], p, 0));
    return new Chain(shape, all, more);
  }

  /** Whether the kernel has room for it. */
  boolean fits() {
    return operands.size() <= MOST_OPERANDS && instructions.size() <= MOST_INSTRUCTIONS;
  }

  /** The launch that computes it. */
  Launch launch(Place result, boolean wide) {
    List<int[]> axes = axes();
    Structure chain = new Structure(wide);
    chain.ints(Math.toIntExact(shape.size()), axes.size(), instructions.size());
    for (int a = 0; a < MOST_AXES; a++) {
      chain.ints(a < axes.size() ? axes.get(a)[0] : 1);
    }
    for (int o = 0; o < MOST_OPERANDS; o++) {
      for (int a = 0; a < MOST_AXES; a++) {
        chain.ints(a < axes.size() && o < operands.size() ? axes.get(a)[1 + o] : 0);
      }
    }
    for (int o = 0; o < MOST_OPERANDS; o++) {
      chain.pointer(o < operands.size() ? operands.get(o).place() : Place.NOWHERE);
    }
    for (int i = 0; i < MOST_INSTRUCTIONS; i++) {
      Instruction next =
          i < instructions.size()
              ? instructions.get(i)
              : new Instruction(Code.ADD, NONE, NONE, 0, 0);
      chain.ints(next.code().ordinal(), next.a(), next.b()).reals(next.p(), next.q());
    }
    long threads = wide ? shape.size() : (shape.size() + AT_ONCE - 1) / AT_ONCE;
    return Launch.over(threads, "elementwise", chain, result);
  }

  /**
   * The result's axes, each with its length and every operand's stride, 0 where it is repeated.
   * Axes of length 1 are left out, and axes along which all operands go on evenly are one.
   */
  private List<int[]> axes() {
    List<int[]> axes = new ArrayList<>();
    for (int a = 0; a < shape.rank(); a++) {
      int[] axis = new int[1 + operands.size()];
      axis[0] = shape.dim(a);
      for (int o = 0; o < operands.size(); o++) {
        Shape from = operands.get(o).shape();
        int own = a - (shape.rank() - from.rank());
        axis[1 + o] = own >= 0 && from.dim(own) > 1 ? from.strides()[own] : 0;
      }
      if (axis[0] == 1) {
        continue;
      }
      int[] before = axes.isEmpty() ? null : axes.get(axes.size() - 1);
      if (before != null && goesOn(before, axis)) {
        axis[0] *= before[0];
        axes.set(axes.size() - 1, axis);
      } else {
        axes.add(axis);
      }
    }
    return axes.isEmpty() ? Collections.singletonList(new int[1 + operands.size()]) : axes;
  }

  private static boolean goesOn(int[] outer, int[] inner) {
    for (int o = 1; o < outer.length; o++) {
      if (outer[o] != inner[0] * inner[o]) {
        return false;
      }
    }
    return true;
  }
}
