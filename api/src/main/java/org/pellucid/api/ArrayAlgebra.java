package org.pellucid.api;

import java.util.Arrays;

/** Computes with float64 arrays; sums run in index order. */
public final class ArrayAlgebra implements Algebra<ArrayAlgebra.Field> {
  /** The algebra; it has no state. */
  public static final ArrayAlgebra INSTANCE = new ArrayAlgebra();

  private ArrayAlgebra() {}

  /**
   * A value.
   *
   * @param maps number of feature maps, or 1 for the same in all
   * @param cells number of cells, or 1 for the same in all
   * @param values row-major [maps, cells]; not to be changed
   */
  public record Field(int maps, int cells, double[] values) {
    /** The extents and the array's length must agree. */
    public Field {
      if (values.length != Math.multiplyExact(maps, cells)) {
        throw new IllegalArgumentException(
            maps + " maps of " + cells + " cells, found " + values.length + " values");
      }
    }

    /** The value of a single number. */
    public double number() {
      if (values.length != 1) {
        throw new IllegalStateException("A single number was asked for, found " + values.length);
      }
      return values[0];
    }
  }

  /**
   * Part of an operation: {@code to[start + i]} of {@code from[k][starts[k] + i]}, for i below a
   * count. One simple loop each, which the compiler turns into vector instructions.
   */
  private interface Row {
    void compute(double[][] from, int[] starts, double[] to, int start, int count);
  }

  private static final Row ADD =
      (from, starts, to, start, count) -> {
        double[] a = from[0];
        double[] b = from[1];
        int ai = starts[0];
        int bi = starts[1];
        for (int i = 0; i < count; i++) {
          to[start + i] = a[ai + i] + b[bi + i];
        }
      };

  private static final Row SUB =
      (from, starts, to, start, count) -> {
        double[] a = from[0];
        double[] b = from[1];
        int ai = starts[0];
        int bi = starts[1];
        for (int i = 0; i < count; i++) {
          to[start + i] = a[ai + i] - b[bi + i];
        }
      };

  private static final Row MUL =
      (from, starts, to, start, count) -> {
        double[] a = from[0];
        double[] b = from[1];
        int ai = starts[0];
        int bi = starts[1];
        for (int i = 0; i < count; i++) {
          to[start + i] = a[ai + i] * b[bi + i];
        }
      };

  private static final Row DIV =
      (from, starts, to, start, count) -> {
        double[] a = from[0];
        double[] b = from[1];
        int ai = starts[0];
        int bi = starts[1];
        for (int i = 0; i < count; i++) {
          to[start + i] = a[ai + i] / b[bi + i];
        }
      };

  private static final Row GREATER =
      (from, starts, to, start, count) -> {
        double[] a = from[0];
        double[] b = from[1];
        int ai = starts[0];
        int bi = starts[1];
        for (int i = 0; i < count; i++) {
          to[start + i] = a[ai + i] > b[bi + i] ? 1 : 0;
        }
      };

  private static final Row WHERE =
      (from, starts, to, start, count) -> {
        double[] condition = from[0];
        double[] a = from[1];
        double[] b = from[2];
        int ci = starts[0];
        int ai = starts[1];
        int bi = starts[2];
        for (int i = 0; i < count; i++) {
          to[start + i] = condition[ci + i] != 0 ? a[ai + i] : b[bi + i];
        }
      };

  @Override
  public Field constant(double value) {
    return new Field(1, 1, new double[] {value});
  }

  @Override
  public Field add(Field a, Field b) {
    return compute(ADD, a, b);
  }

  @Override
  public Field sub(Field a, Field b) {
    return compute(SUB, a, b);
  }

  @Override
  public Field mul(Field a, Field b) {
    if (isOne(a)) {
      return b;
    }
    return isOne(b) ? a : compute(MUL, a, b);
  }

  /** Whether multiplying by a value changes nothing, to the last bit. */
  private static boolean isOne(Field a) {
    return a.values.length == 1 && a.values[0] == 1;
  }

  @Override
  public Field div(Field a, Field b) {
    return compute(DIV, a, b);
  }

  @Override
  public Field relu(Field a) {
    double[] values = new double[a.values.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(a.values[i], 0);
    }
    return new Field(a.maps, a.cells, values);
  }

  @Override
  public Field abs(Field a) {
    double[] values = new double[a.values.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.abs(a.values[i]);
    }
    return new Field(a.maps, a.cells, values);
  }

  @Override
  public Field greater(Field a, Field b) {
    return compute(GREATER, a, b);
  }

  @Override
  public Field where(Field condition, Field a, Field b) {
    return compute(WHERE, condition, a, b);
  }

  @Override
  public Field sumCells(Field a) {
    double[] sums = new double[a.maps];
    int map = 0;
    // Each addition waits for the one before: four maps at once take little longer than one.
    for (; map + 4 <= a.maps; map += 4) {
      int start = map * a.cells;
      double first = 0;
      double second = 0;
      double third = 0;
      double fourth = 0;
      for (int i = start; i < start + a.cells; i++) {
        first += a.values[i];
        second += a.values[i + a.cells];
        third += a.values[i + 2 * a.cells];
        fourth += a.values[i + 3 * a.cells];
      }
      sums[map] = first;
      sums[map + 1] = second;
      sums[map + 2] = third;
      sums[map + 3] = fourth;
    }
    for (; map < a.maps; map++) {
      for (int i = map * a.cells; i < (map + 1) * a.cells; i++) {
        sums[map] += a.values[i];
      }
    }
    return new Field(a.maps, 1, sums);
  }

  @Override
  public Field meanCells(Field a) {
    double[] means = sumCells(a).values;
    for (int map = 0; map < means.length; map++) {
      means[map] /= a.cells;
    }
    return new Field(a.maps, 1, means);
  }

  @Override
  public Field sumMaps(Field a) {
    double[] sums = new double[a.cells];
    for (int map = 0; map < a.maps; map++) {
      int start = map * a.cells;
      for (int cell = 0; cell < sums.length; cell++) {
        sums[cell] += a.values[start + cell];
      }
    }
    return new Field(1, a.cells, sums);
  }

  /**
   * The highest power of two that does not exceed the largest magnitude, so that nothing is lost.
   */
  @Override
  public Field scaleOf(Field a) {
    return constant(GradientMoments.scaleOf(GradientMoments.largest(a.values)));
  }

  /** Computes at once where all operands have the same extents, otherwise map by map. */
  private static Field compute(Row row, Field... operands) {
    int maps = 1;
    int cells = 1;
    for (Field operand : operands) {
      maps = extent(maps, operand.maps, "maps");
      cells = extent(cells, operand.cells, "cells");
    }
    double[] values = new double[maps * cells];
    double[][] from = new double[operands.length][];
    int[] starts = new int[operands.length];
    boolean same = true;
    for (int k = 0; k < operands.length; k++) {
      same &= operands[k].values.length == values.length;
      // A number per map stands in a row of its own, once per cell.
      from[k] = operands[k].cells == cells ? operands[k].values : new double[cells];
    }
    if (same) {
      row.compute(from, starts, values, 0, values.length);
      return new Field(maps, cells, values);
    }
    for (int map = 0; map < maps; map++) {
      for (int k = 0; k < operands.length; k++) {
        Field operand = operands[k];
        if (operand.cells == cells) {
          starts[k] = operand.maps == 1 ? 0 : map * cells;
        } else if (map == 0 || operand.maps > 1) {
          Arrays.fill(from[k], operand.values[map]);
        }
      }
      row.compute(from, starts, values, map * cells, cells);
    }
    return new Field(maps, cells, values);
  }

  private static int extent(int a, int b, String what) {
    if (a != b && a != 1 && b != 1) {
      throw new IllegalArgumentException("Fields of " + a + " and " + b + " " + what + " meet");
    }
    return a == 1 ? b : a;
  }
}
