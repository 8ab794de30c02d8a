package org.pellucid.backend.cuda.emulator;

import java.util.Arrays;
import java.util.List;

/** Loads and stores of single elements and vectors: "PTX ISA", 9.7.9.8 to 9.7.9.12. */
final class MemoryInstructions {
  private MemoryInstructions() {}

  static Step translate(Operands o) {
    Instruction instruction = o.instruction();
    if (instruction.base().startsWith("prefetch")) {
      return lanes -> {};
    }
    boolean load = instruction.base().startsWith("ld");
    List<Operand> elements = o.elements(load ? 0 : 1);
    String type = instruction.type();
    int width = PtxKernel.width(type);
    Access access =
        new Access(
            o,
            o.operand(load ? 1 : 0),
            width * elements.size(),
            load ? SharedMemory.Kind.READ : SharedMemory.Kind.WRITE);
    Step.EachLane[] moves = new Step.EachLane[elements.size()];
    if (load && instruction.has("param") && access.isOnePlace()) {
      return parameter(o, elements, type, access);
    }
    for (int k = 0; k < moves.length; k++) {
      moves[k] =
          load
              ? load(o, elements.get(k), type, access, k * width)
              : store(o, elements.get(k), type, access, k * width);
    }
    return (Step.EachLane)
        (from, to) -> {
          int start = from;
          while (start < to) {
            int end = access.together(start, to);
            access.resolve(start, end);
            for (Step.EachLane move : moves) {
              move.run(start, end);
            }
            start = end;
          }
        };
  }

  /** All threads find the same. */
  private static Step.EachLane parameter(
      Operands o, List<Operand> elements, String type, Access access) {
    int width = PtxKernel.width(type);
    long[][] targets = elements.stream().map(o::anyTarget).toArray(long[][]::new);
    return (from, to) -> {
      access.resolve(from, from + 1);
      byte[] bytes = access.arrays()[access.slot()[from]];
      for (int k = 0; k < targets.length; k++) {
        Arrays.fill(targets[k], from, to, Bytes.get(bytes, access.at()[from] + k * width, type));
      }
    };
  }

  private static Step.EachLane load(
      Operands o, Operand target, String type, Access access, int shift) {
    int[] slot = access.slot();
    int[] at = access.at();
    if (type.equals("f32")) {
      float[] d = o.floatTarget(target);
      return (from, to) -> {
        byte[][] arrays = access.arrays();
        for (int i = from; i < to; i++) {
          d[i] = (float) Bytes.FLOAT.get(arrays[slot[i]], at[i] + shift);
        }
      };
    }
    if (type.equals("f64")) {
      double[] d = o.doubleTarget(target);
      return (from, to) -> {
        byte[][] arrays = access.arrays();
        for (int i = from; i < to; i++) {
          d[i] = (double) Bytes.DOUBLE.get(arrays[slot[i]], at[i] + shift);
        }
      };
    }
    if (PtxKernel.width(type) == 4 && o.width(target) == 4) {
      int[] d = o.intTarget(target);
      return (from, to) -> {
        byte[][] arrays = access.arrays();
        for (int i = from; i < to; i++) {
          d[i] = (int) Bytes.INT.get(arrays[slot[i]], at[i] + shift);
        }
      };
    }
    long[] d = o.anyTarget(target);
    return (from, to) -> {
      byte[][] arrays = access.arrays();
      for (int i = from; i < to; i++) {
        d[i] = Bytes.get(arrays[slot[i]], at[i] + shift, type);
      }
    };
  }

  private static Step.EachLane store(
      Operands o, Operand source, String type, Access access, int shift) {
    int[] slot = access.slot();
    int[] at = access.at();
    if (type.equals("f32")) {
      float[] a = o.floats(source);
      return (from, to) -> {
        byte[][] arrays = access.arrays();
        for (int i = from; i < to; i++) {
          Bytes.FLOAT.set(arrays[slot[i]], at[i] + shift, a[i]);
        }
      };
    }
    if (type.equals("f64")) {
      double[] a = o.doubles(source);
      return (from, to) -> {
        byte[][] arrays = access.arrays();
        for (int i = from; i < to; i++) {
          Bytes.DOUBLE.set(arrays[slot[i]], at[i] + shift, a[i]);
        }
      };
    }
    int width = PtxKernel.width(type);
    if (width == 4) {
      int[] a = o.ints(source);
      return (from, to) -> {
        byte[][] arrays = access.arrays();
        for (int i = from; i < to; i++) {
          Bytes.INT.set(arrays[slot[i]], at[i] + shift, a[i]);
        }
      };
    }
    long[] a = o.anyBits(source);
    return (from, to) -> {
      byte[][] arrays = access.arrays();
      for (int i = from; i < to; i++) {
        Bytes.put(arrays[slot[i]], at[i] + shift, width, a[i]);
      }
    };
  }
}
