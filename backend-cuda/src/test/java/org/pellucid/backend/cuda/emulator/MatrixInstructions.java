package org.pellucid.backend.cuda.emulator;

import java.util.List;
import org.pellucid.backend.cuda.CudaResult;

/**
 * Matrix products of a warp and the loads that feed them, with the fragments of "PTX ISA", 9.7.14.
 * With {@code g = lane / 4} and {@code t = lane % 4}:
 *
 * <ul>
 *   <li>C and D, 16 x 8 of float32: rows g and g + 8, columns 2 t and 2 t + 1.
 *   <li>tf32, k 8: A has (g, t), (g + 8, t), (g, t + 4), (g + 8, t + 4), and B (t, g), (t + 4, g);
 *       k 4 has the first half of either.
 *   <li>bf16 and f16, k 16: A has two columns from 2 t of rows g and g + 8, then the same from
 *       column 2 t + 8; B has two rows from 2 t, then from 2 t + 8, of column g. k 8 has the first
 *       half of either.
 * </ul>
 *
 * <p>A card adds exact products with a few more bits than float32 has, and rounds once in a manner
 * that NVIDIA does not tell; here they are added one after the other in float32.
 */
final class MatrixInstructions {
  private static final int ROWS = 16;
  private static final int COLUMNS = 8;

  private MatrixInstructions() {}

  static Step translate(Operands o) {
    return switch (o.instruction().base()) {
      case "mma" -> multiply(o);
      case "ldmatrix" -> load(o);
      default -> null;
    };
  }

  private static Step.EachWarp wholeWarp(Step.EachWarp step) {
    return (first, mask) -> {
      if (mask != -1) {
        throw new Trap(
            CudaResult.LAUNCH_FAILED,
            first,
            "a matrix instruction that not all lanes of the warp take part in, only 0x"
                + Integer.toHexString(mask));
      }
      step.run(first, mask);
    };
  }

  private static Step multiply(Operands o) {
    List<String> modifiers = o.instruction().modifiers();
    // mma.sync.aligned.SHAPE.row.col.f32.TYPE.TYPE.f32
    if (modifiers.size() != 9
        || !modifiers.get(5).equals("f32")
        || !modifiers.get(8).equals("f32")
        || !modifiers.get(6).equals(modifiers.get(7))) {
      return null;
    }
    String type = modifiers.get(6);
    boolean single = type.equals("tf32");
    int k =
        switch (modifiers.get(2)) {
          case "m16n8k4" -> single ? 4 : 0;
          case "m16n8k8" -> 8;
          case "m16n8k16" -> single ? 0 : 16;
          default -> 0;
        };
    if (k == 0 || !(single || type.equals("bf16") || type.equals("f16"))) {
      return null;
    }
    int[][] a = o.elements(1).stream().map(o::ints).toArray(int[][]::new);
    int[][] b = o.elements(2).stream().map(o::ints).toArray(int[][]::new);
    float[][] c = o.elements(3).stream().map(o::floats).toArray(float[][]::new);
    float[][] d = o.elements(0).stream().map(o::floatTarget).toArray(float[][]::new);
    int perRegister = single ? 1 : 2;
    if (a.length * perRegister * 2 != k || b.length * perRegister * 4 != k || c.length != 4) {
      return null;
    }
    float[] left = new float[ROWS * k];
    float[] right = new float[k * COLUMNS];
    float[] sums = new float[ROWS * COLUMNS];
    Half half = single ? null : Half.of(type);
    return wholeWarp(
        (first, mask) -> {
          for (int lane = 0; lane < Lanes.WARP; lane++) {
            int i = first + lane;
            int g = lane / 4;
            int t = lane % 4;
            if (single) {
              for (int r = 0; r < a.length; r++) {
                left[(g + 8 * (r & 1)) * k + t + 4 * (r >> 1)] = tensorFloat(a[r][i]);
              }
              for (int r = 0; r < b.length; r++) {
                right[(t + 4 * r) * COLUMNS + g] = tensorFloat(b[r][i]);
              }
            } else {
              for (int r = 0; r < a.length; r++) {
                int at = (g + 8 * (r & 1)) * k + 2 * t + 8 * (r >> 1);
                left[at] = half.value((short) a[r][i]);
                left[at + 1] = half.value((short) (a[r][i] >> 16));
              }
              for (int r = 0; r < b.length; r++) {
                int at = (2 * t + 8 * r) * COLUMNS + g;
                right[at] = half.value((short) b[r][i]);
                right[at + COLUMNS] = half.value((short) (b[r][i] >> 16));
              }
            }
            for (int r = 0; r < 4; r++) {
              sums[place(g, t, r)] = c[r][i];
            }
          }
          product(left, right, sums, k);
          for (int lane = 0; lane < Lanes.WARP; lane++) {
            for (int r = 0; r < 4; r++) {
              d[r][first + lane] = sums[place(lane / 4, lane % 4, r)];
            }
          }
        });
  }

  private static int place(int g, int t, int register) {
    return (g + 8 * (register >> 1)) * COLUMNS + 2 * t + (register & 1);
  }

  /** The card does not look at the lower 13 bits. */
  private static float tensorFloat(int bits) {
    return Float.intBitsToFloat(bits & 0xffffe000);
  }

  /** A row of sums at a time, in registers. */
  private static void product(float[] left, float[] right, float[] sums, int k) {
    for (int row = 0; row < ROWS; row++) {
      int to = row * COLUMNS;
      float s0 = sums[to];
      float s1 = sums[to + 1];
      float s2 = sums[to + 2];
      float s3 = sums[to + 3];
      float s4 = sums[to + 4];
      float s5 = sums[to + 5];
      float s6 = sums[to + 6];
      float s7 = sums[to + 7];
      for (int j = 0; j < k; j++) {
        float x = left[row * k + j];
        int from = j * COLUMNS;
        s0 = Math.fma(x, right[from], s0);
        s1 = Math.fma(x, right[from + 1], s1);
        s2 = Math.fma(x, right[from + 2], s2);
        s3 = Math.fma(x, right[from + 3], s3);
        s4 = Math.fma(x, right[from + 4], s4);
        s5 = Math.fma(x, right[from + 5], s5);
        s6 = Math.fma(x, right[from + 6], s6);
        s7 = Math.fma(x, right[from + 7], s7);
      }
      sums[to] = s0;
      sums[to + 1] = s1;
      sums[to + 2] = s2;
      sums[to + 3] = s3;
      sums[to + 4] = s4;
      sums[to + 5] = s5;
      sums[to + 6] = s6;
      sums[to + 7] = s7;
    }
  }

  /**
   * {@code ldmatrix.sync.aligned.m8n8.xN[.trans].shared.b16}: the lanes give the rows' addresses.
   */
  private static Step load(Operands o) {
    Instruction instruction = o.instruction();
    if (!instruction.has("m8n8") || !instruction.type().equals("b16")) {
      return null;
    }
    boolean transposed = instruction.has("trans");
    int[][] d = o.elements(0).stream().map(o::intTarget).toArray(int[][]::new);
    int rowBytes = 16;
    Access access = new Access(o, o.operand(1), rowBytes, SharedMemory.Kind.READ);
    int[] at = access.at();
    int[] slot = access.slot();
    return wholeWarp(
        (first, mask) -> {
          access.resolve(first, first + 8 * d.length);
          byte[][] arrays = access.arrays();
          for (int matrix = 0; matrix < d.length; matrix++) {
            int rows = first + 8 * matrix;
            for (int lane = 0; lane < Lanes.WARP; lane++) {
              int value = 0;
              for (int k = 0; k < 2; k++) {
                int row = transposed ? lane % 4 * 2 + k : lane / 4;
                int column = transposed ? lane / 4 : lane % 4 * 2 + k;
                short element =
                    (short) Bytes.SHORT.get(arrays[slot[rows + row]], at[rows + row] + 2 * column);
                value |= (element & 0xffff) << 16 * k;
              }
              d[matrix][first + lane] = value;
            }
          }
        });
  }
}
