package org.pellucid.api;

import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

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

  @Override
  public Field constant(double value) {
    return new Field(1, 1, new double[] {value});
  }

  @Override
  public Field add(Field a, Field b) {
    return zip(a, b, (x, y) -> x + y);
  }

  @Override
  public Field sub(Field a, Field b) {
    return zip(a, b, (x, y) -> x - y);
  }

  @Override
  public Field mul(Field a, Field b) {
    return zip(a, b, (x, y) -> x * y);
  }

  @Override
  public Field div(Field a, Field b) {
    return zip(a, b, (x, y) -> x / y);
  }

  @Override
  public Field relu(Field a) {
    return each(a, x -> Math.max(x, 0));
  }

  @Override
  public Field abs(Field a) {
    return each(a, Math::abs);
  }

  @Override
  public Field greater(Field a, Field b) {
    return zip(a, b, (x, y) -> x > y ? 1 : 0);
  }

  @Override
  public Field where(Field condition, Field a, Field b) {
    Field shaped = zip(zip(condition, a, (x, y) -> 0), b, (x, y) -> 0);
    double[] values = shaped.values();
    for (int map = 0; map < shaped.maps(); map++) {
      for (int cell = 0; cell < shaped.cells(); cell++) {
        values[map * shaped.cells() + cell] =
            at(condition, map, cell) != 0 ? at(a, map, cell) : at(b, map, cell);
      }
    }
    return shaped;
  }

  private static double at(Field field, int map, int cell) {
    return field.values[(field.maps == 1 ? 0 : map) * field.cells + (field.cells == 1 ? 0 : cell)];
  }

  @Override
  public Field sumCells(Field a) {
    double[] sums = new double[a.maps];
    for (int map = 0; map < a.maps; map++) {
      double sum = 0;
      for (int i = map * a.cells; i < (map + 1) * a.cells; i++) {
        sum += a.values[i];
      }
      sums[map] = sum;
    }
    return new Field(a.maps, 1, sums);
  }

  @Override
  public Field meanCells(Field a) {
    double cells = a.cells;
    return each(sumCells(a), sum -> sum / cells);
  }

  @Override
  public Field sumMaps(Field a) {
    double[] sums = new double[a.cells];
    for (int i = 0; i < a.values.length; i++) {
      sums[i % a.cells] += a.values[i];
    }
    return new Field(1, a.cells, sums);
  }

  private static Field each(Field a, DoubleUnaryOperator operator) {
    double[] values = new double[a.values.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = operator.applyAsDouble(a.values[i]);
    }
    return new Field(a.maps, a.cells, values);
  }

  private static Field zip(Field a, Field b, DoubleBinaryOperator operator) {
    int maps = extent(a.maps, b.maps, "maps");
    int cells = extent(a.cells, b.cells, "cells");
    double[] values = new double[maps * cells];
    int aStep = a.cells == 1 ? 0 : 1;
    int bStep = b.cells == 1 ? 0 : 1;
    for (int map = 0; map < maps; map++) {
      int aAt = a.maps == 1 ? 0 : map * a.cells;
      int bAt = b.maps == 1 ? 0 : map * b.cells;
      for (int i = map * cells; i < (map + 1) * cells; i++) {
        values[i] = operator.applyAsDouble(a.values[aAt], b.values[bAt]);
        aAt += aStep;
        bAt += bStep;
      }
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
