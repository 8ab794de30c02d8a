package org.pellucid.backend.cuda.emulator;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.backend.cuda.Dim3;

/**
 * The registers of a block's threads: an array per register, with an element per thread. Predicates
 * are {@code boolean[]}, 16 bits {@code short[]}, 32 bits {@code int[]} or {@code float[]} and 64
 * bits {@code long[]} or {@code double[]}, whichever the kernel uses the register as more often.
 */
final class RegisterFile {
  private final PtxKernel kernel;
  private final int threads;
  private final Map<String, Object> arrays = new HashMap<>();
  private final Map<String, Object> constants = new HashMap<>();
  private final Map<String, Integer> floatingUses = new HashMap<>();

  RegisterFile(PtxKernel kernel, Dim3 shape) {
    this.kernel = kernel;
    this.threads = Math.toIntExact(shape.count());
    kernel.instructions().forEach(this::countUses);
    fill("%ntid.x", shape.x());
    fill("%ntid.y", shape.y());
    fill("%ntid.z", shape.z());
    fill("%nwarpid", (threads + Lanes.WARP - 1) / Lanes.WARP);
    fill("%smid", 0);
    int[] x = special("%tid.x");
    int[] y = special("%tid.y");
    int[] z = special("%tid.z");
    int[] lane = special("%laneid");
    int[] warp = special("%warpid");
    int[] equal = special("%lanemask_eq");
    int[] less = special("%lanemask_lt");
    int[] lessEqual = special("%lanemask_le");
    int[] greater = special("%lanemask_gt");
    int[] greaterEqual = special("%lanemask_ge");
    for (int i = 0; i < threads; i++) {
      x[i] = i % shape.x();
      y[i] = i / shape.x() % shape.y();
      z[i] = i / (shape.x() * shape.y());
      lane[i] = i % Lanes.WARP;
      warp[i] = i / Lanes.WARP;
      equal[i] = 1 << lane[i];
      less[i] = equal[i] - 1;
      lessEqual[i] = less[i] | equal[i];
      greater[i] = ~lessEqual[i];
      greaterEqual[i] = ~less[i];
    }
  }

  private void countUses(Instruction instruction) {
    List<String> modifiers = instruction.modifiers();
    boolean conversion = instruction.base().equals("cvt");
    boolean matrix = instruction.base().equals("mma");
    for (int i = 0; i < instruction.operands().size(); i++) {
      String type = instruction.type();
      if (conversion && i == 0 && modifiers.size() > 1) {
        type = modifiers.get(modifiers.size() - 2);
      }
      if (matrix && (i == 1 || i == 2)) {
        type = "b32";
      }
      int vote = type.equals("f32") || type.equals("f64") ? 1 : -1;
      Operand operand = instruction.operands().get(i);
      List<Operand> parts =
          operand instanceof Operand.Vector vector ? vector.elements() : List.of(operand);
      for (Operand part : parts) {
        if (part instanceof Operand.Register register) {
          floatingUses.merge(register.name(), vote, Integer::sum);
        }
      }
    }
  }

  private int[] special(String name) {
    return (int[]) arrays.computeIfAbsent(name, key -> new int[threads]);
  }

  private void fill(String name, int value) {
    Arrays.fill(special(name), value);
  }

  /** Another block begins; what its registers hold is undefined, and here what was left. */
  void begin(Dim3 grid, int x, int y, int z) {
    fill("%ctaid.x", x);
    fill("%ctaid.y", y);
    fill("%ctaid.z", z);
    fill("%nctaid.x", grid.x());
    fill("%nctaid.y", grid.y());
    fill("%nctaid.z", grid.z());
  }

  /** The carry that one instruction leaves for the next. */
  boolean[] carry() {
    return (boolean[]) arrays.computeIfAbsent("carry", key -> new boolean[threads]);
  }

  /** The array of a register. */
  Object array(Operand.Register register) {
    Object known = arrays.get(register.name());
    if (known != null) {
      return known;
    }
    String type = kernel.registers().get(register.name());
    if (type == null) {
      if (register.name().startsWith("%ctaid.") || register.name().startsWith("%nctaid.")) {
        return special(register.name());
      }
      throw Trap.ptx("register " + register.name() + " is not known to the emulator");
    }
    boolean floating = type.startsWith("f") || floatingUses.getOrDefault(register.name(), 0) > 0;
    Object made =
        switch (PtxKernel.width(type)) {
          case 0 -> new boolean[threads];
          case 1, 2 -> new short[threads];
          case 4 -> floating && !type.equals("f16x2") ? new float[threads] : new int[threads];
          default -> floating ? new double[threads] : new long[threads];
        };
    arrays.put(register.name(), made);
    return made;
  }

  float[] constant(float value) {
    return (float[])
        constants.computeIfAbsent(
            "f" + Float.floatToRawIntBits(value),
            key -> {
              float[] all = new float[threads];
              Arrays.fill(all, value);
              return all;
            });
  }

  double[] constant(double value) {
    return (double[])
        constants.computeIfAbsent(
            "d" + Double.doubleToRawLongBits(value),
            key -> {
              double[] all = new double[threads];
              Arrays.fill(all, value);
              return all;
            });
  }

  int[] constant(int value) {
    return (int[])
        constants.computeIfAbsent(
            "i" + value,
            key -> {
              int[] all = new int[threads];
              Arrays.fill(all, value);
              return all;
            });
  }

  long[] constant(long value) {
    return (long[])
        constants.computeIfAbsent(
            "l" + value,
            key -> {
              long[] all = new long[threads];
              Arrays.fill(all, value);
              return all;
            });
  }

  short[] constant(short value) {
    return (short[])
        constants.computeIfAbsent(
            "s" + value,
            key -> {
              short[] all = new short[threads];
              Arrays.fill(all, value);
              return all;
            });
  }

  boolean[] constant(boolean value) {
    return (boolean[])
        constants.computeIfAbsent(
            "p" + value,
            key -> {
              boolean[] all = new boolean[threads];
              Arrays.fill(all, value);
              return all;
            });
  }
}
