package org.pellucid.api;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * Computes with float64 arrays; sums run in index order. What is of all maps and cells is computed
 * when it is asked for, together with what it is made of, some feature maps after others: a formula
 * then stays in the cache, where its steps one by one would each go through memory.
 *
 * @since 0.1.0
 */
public final class ArrayAlgebra implements Algebra<ArrayAlgebra.Field> {
  /** The algebra; it has no state. */
  public static final ArrayAlgebra INSTANCE = new ArrayAlgebra();

  private static final double[] ONE = {1};

  private ArrayAlgebra() {}

  /** A value: [maps, cells], of which either extent is 1 where the values are the same in all. */
  public static final class Field {
    private final int maps;
    private final int cells;
    private volatile FieldElements elements;
    private volatile double[] sums;

    /**
     * A value by its elements.
     *
     * @param maps number of feature maps, or 1 for the same in all
     * @param cells number of cells, or 1 for the same in all
     * @param values row-major [maps, cells]; not to be changed
     */
    public Field(int maps, int cells, double[] values) {
      this(maps, cells, new FieldElements.Doubles(values, maps));
      if (values.length != Math.multiplyExact(maps, cells)) {
        throw new IllegalArgumentException(
            maps + " maps of " + cells + " cells, found " + values.length + " values");
      }
    }

    /** A value that is computed from others, when it is asked for. */
    private static Field computed(Row row, int maps, int cells, Field... operands) {
      ComputedElements elements = new ComputedElements(row, maps, cells, operands);
      Field field = new Field(maps, cells, elements);
      if (maps == 1 || cells == 1 || elements.isDeep()) {
        field.values();
      }
      return field;
    }

    private Field(int maps, int cells, FieldElements elements) {
      this.maps = maps;
      this.cells = cells;
      this.elements = elements;
    }

    /** A value by a tensor's elements, from a row-major position on. */
    static Field of(int maps, int cells, Tensor tensor, int offset) {
      return new Field(maps, cells, new FieldElements.InTensor(tensor, offset, maps, cells));
    }

    /**
     * A layer that an engine may hold.
     *
     * @param otherwise gives the elements where the engine has given them up
     */
    static Field held(HeldMaps layer, Supplier<Field> otherwise) {
      Shape shape = layer.layout().shape();
      int cells = Math.toIntExact(shape.sizeOf(1, shape.rank()));
      return new Field(shape.dim(0), cells, new FieldElements.Held(layer, otherwise));
    }

    /** Where an engine may hold it, until it was read in Java memory; empty for others. */
    public Optional<HeldMaps> held() {
      return elements instanceof FieldElements.Held held
          ? Optional.of(held.layer())
          : Optional.empty();
    }

    /** A value that is the same in all cells of each feature map. */
    static Field repeated(double[] numbers, int cells) {
      return cells == 1
          ? new Field(numbers.length, 1, numbers)
          : new Field(numbers.length, cells, new FieldElements.Repeated(numbers, cells));
    }

    /** Each feature map times its number; both have as many maps, or there is one number. */
    private Field weighed(Field weights) {
      return new Field(maps, cells, new FieldElements.Weighed(weights.values(), this));
    }

    /** The number of feature maps, or 1 for the same in all. */
    public int maps() {
      return maps;
    }

    /** The number of cells, or 1 for the same in all. */
    public int cells() {
      return cells;
    }

    /** The elements, row-major [maps, cells]; not to be changed. */
    public double[] values() {
      FieldElements known = elements();
      if (known instanceof FieldElements.Doubles written) {
        return written.values();
      }
      double[] values = new double[size()];
      known.load(0, values.length, values);
      elements = new FieldElements.Doubles(values, maps);
      return values;
    }

    private int size() {
      return maps * cells;
    }

    /** The value of a single number. */
    public double number() {
      if (size() != 1) {
        throw new IllegalStateException("A single number was asked for, found " + size());
      }
      return values()[0];
    }

    /** Whether no element is infinite or NaN. */
    public boolean isFinite() {
      // Sums that are finite have finite terms; they are wanted anyway, mostly.
      return allFinite(sums()) || allFinite(values());
    }

    private static boolean allFinite(double[] numbers) {
      for (double number : numbers) {
        if (!Double.isFinite(number)) {
          return false;
        }
      }
      return true;
    }

    /** The sum of each map's cells; not to be changed. */
    double[] sums() {
      double[] known = sums;
      if (known == null) {
        known = elements().sums();
        sums = known;
      }
      return known;
    }

    /** The sum of all maps, each times its weight or the one that is given. */
    double[] sumOfMaps(double[] weights) {
      return elements().sumOfMaps(weights);
    }

    /** One number per feature map, where it is known that its cells are the same. */
    Optional<double[]> perMap() {
      return cells == 1 ? Optional.of(values()) : elements().perMap();
    }

    /** Where its elements lie in Java memory, or how they are computed. */
    FieldElements elements() {
      if (elements instanceof FieldElements.Held held) {
        elements = held.inJava();
      }
      return elements;
    }

    /**
     * Writes {@code count} elements, from the one at {@code start} on, to the front of an array.
     */
    void load(int start, int count, double[] to) {
      if (elements instanceof ComputedElements) {
        // Computed as a whole, as mostly all of it is asked for, bit by bit.
        values();
      }
      elements().load(start, count, to);
    }

    /** Whether all elements are zero. */
    public boolean isZero() {
      double[] row = new double[cells];
      for (int map = 0; map < maps; map++) {
        load(map * cells, cells, row);
        for (double value : row) {
          if (value != 0) {
            return false;
          }
        }
      }
      return true;
    }
  }

  /**
   * Part of an operation: {@code to[start + i]} of {@code from[k][starts[k] + i]}, for i below a
   * count. One simple loop each, which the compiler turns into vector instructions.
   */
  interface Row {
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

  private static final Row RELU =
      (from, starts, to, start, count) -> {
        double[] a = from[0];
        int ai = starts[0];
        for (int i = 0; i < count; i++) {
          to[start + i] = Math.max(a[ai + i], 0);
        }
      };

  private static final Row ABS =
      (from, starts, to, start, count) -> {
        double[] a = from[0];
        int ai = starts[0];
        for (int i = 0; i < count; i++) {
          to[start + i] = Math.abs(a[ai + i]);
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
    if (isOne(b)) {
      return a;
    }
    if (weighs(a, b)) {
      return b.weighed(a);
    }
    return weighs(b, a) ? a.weighed(b) : compute(MUL, a, b);
  }

  /** Whether a value is one number for each feature map of another, or for all of them. */
  private static boolean weighs(Field weights, Field maps) {
    return weights.cells == 1 && maps.cells > 1 && (weights.maps == 1 || weights.maps == maps.maps);
  }

  /** Whether multiplying by a value changes nothing, to the last bit. */
  private static boolean isOne(Field a) {
    return a.size() == 1 && a.number() == 1;
  }

  @Override
  public Field div(Field a, Field b) {
    return compute(DIV, a, b);
  }

  @Override
  public Field relu(Field a) {
    return compute(RELU, a);
  }

  @Override
  public Field abs(Field a) {
    return compute(ABS, a);
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
    return new Field(a.maps, 1, a.sums());
  }

  @Override
  public Field meanCells(Field a) {
    double[] means = a.sums().clone();
    for (int map = 0; map < means.length; map++) {
      means[map] /= a.cells;
    }
    return new Field(a.maps, 1, means);
  }

  @Override
  public Field sumMaps(Field a) {
    return new Field(1, a.cells, a.sumOfMaps(ONE));
  }

  /**
   * The highest power of two that does not exceed the largest magnitude, so that nothing is lost.
   */
  @Override
  public Field scaleOf(Field a) {
    double[] numbers = a.perMap().orElseGet(a::values);
    return constant(GradientMoments.scaleOf(GradientMoments.largest(numbers)));
  }

  /**
   * What an operation makes of operands, each of which has as many maps and cells, or 1. Where all
   * cells of each feature map are the same, it is made once per map.
   */
  private static Field compute(Row row, Field... operands) {
    int maps = 1;
    int cells = 1;
    for (Field operand : operands) {
      maps = extent(maps, operand.maps, "maps");
      cells = extent(cells, operand.cells, "cells");
    }
    double[][] perMap = new double[operands.length][];
    for (int k = 0; k < operands.length; k++) {
      Optional<double[]> numbers = operands[k].perMap();
      if (numbers.isEmpty()) {
        return Field.computed(row, maps, cells, operands);
      }
      perMap[k] = forEach(maps, numbers.get());
    }
    double[] results = new double[maps];
    row.compute(perMap, new int[operands.length], results, 0, maps);
    return Field.repeated(results, cells);
  }

  /** A number for each feature map, where there may be one for all. */
  private static double[] forEach(int maps, double[] numbers) {
    if (numbers.length == maps) {
      return numbers;
    }
    double[] each = new double[maps];
    Arrays.fill(each, numbers[0]);
    return each;
  }

  private static int extent(int a, int b, String what) {
    if (a != b && a != 1 && b != 1) {
      throw new IllegalArgumentException("Fields of " + a + " and " + b + " " + what + " meet");
    }
    return a == 1 ? b : a;
  }
}
