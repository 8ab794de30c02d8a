package org.pellucid.api;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;
import org.pellucid.graph.Rows;
import org.pellucid.graph.Tensor;

/**
 * Where the values of a {@link ArrayAlgebra.Field} come from: row-major [maps, cells]. An array of
 * float64 numbers of a whole layer costs more time to write and to read again than to compute, so
 * what can be read as it lies, or is one product away from that, is not written out, and what is
 * computed only where its elements are wanted.
 */
interface FieldElements {
  /** Writes {@code count} values, from the one at {@code start} on, to the front of an array. */
  void load(int start, int count, double[] to);

  /** The sum of each map's cells, in index order. */
  double[] sums();

  /**
   * The sum of all maps, cell by cell.
   *
   * @param weights by which each map is multiplied, or one for all
   */
  double[] sumOfMaps(double[] weights);

  /** One number per feature map, where it is known that it stands in all of the map's cells. */
  default Optional<double[]> perMap() {
    return Optional.empty();
  }

  /** Values in an array. */
  record Doubles(double[] values, int maps) implements FieldElements {
    @Override
    public void load(int start, int count, double[] to) {
      System.arraycopy(values, start, to, 0, count);
    }

    @Override
    public double[] sums() {
      return Rows.of(values, maps).sums();
    }

    @Override
    public double[] sumOfMaps(double[] weights) {
      return Rows.of(values, maps).weighedSum(weights);
    }
  }

  /** Values in a tensor, from a row-major position on. */
  record InTensor(Tensor tensor, int offset, int maps, int cells) implements FieldElements {
    @Override
    public void load(int start, int count, double[] to) {
      tensor.copy(offset + start, to, count);
    }

    private Rows rows() {
      return Rows.of(tensor, offset, maps, cells);
    }

    @Override
    public double[] sums() {
      return rows().sums();
    }

    @Override
    public double[] sumOfMaps(double[] weights) {
      return rows().weighedSum(weights);
    }

    @Override
    public Optional<double[]> perMap() {
      // A single one is written out by the first that reads it, and summed as such.
      return maps == 1 ? Optional.empty() : rows().repeated();
    }
  }

  /**
   * Values that are the same in all cells of each feature map.
   *
   * @param numbers one for each feature map
   */
  record Repeated(double[] numbers, int cells) implements FieldElements {
    @Override
    public void load(int start, int count, double[] to) {
      for (int i = 0; i < count; ) {
        int map = (start + i) / cells;
        int end = Math.min(count, (map + 1) * cells - start);
        Arrays.fill(to, i, end, numbers[map]);
        i = end;
      }
    }

    /** Added one by one: a product would be rounded once, and be another number. */
    @Override
    public double[] sums() {
      double[] sums = new double[numbers.length];
      for (int cell = 0; cell < cells; cell++) {
        for (int map = 0; map < sums.length; map++) {
          sums[map] += numbers[map];
        }
      }
      return sums;
    }

    @Override
    public double[] sumOfMaps(double[] weights) {
      double[] sums = new double[cells];
      Arrays.fill(sums, Rows.of(numbers, numbers.length).weighedSum(weights)[0]);
      return sums;
    }

    @Override
    public Optional<double[]> perMap() {
      return Optional.of(numbers);
    }
  }

  /**
   * Values in a tensor that an engine may hold, which come to Java memory when they are asked for.
   *
   * @param otherwise gives them where the engine has given them up
   */
  record Held(HeldMaps layer, Supplier<ArrayAlgebra.Field> otherwise) implements FieldElements {
    /** The same in Java memory. */
    FieldElements inJava() {
      return layer
          .tensor()
          .read()
          .map(found -> layer.layout().fieldOfSample(found, 0))
          .orElseGet(otherwise)
          .elements();
    }

    @Override
    public void load(int start, int count, double[] to) {
      inJava().load(start, count, to);
    }

    @Override
    public double[] sums() {
      return inJava().sums();
    }

    @Override
    public double[] sumOfMaps(double[] weights) {
      return inJava().sumOfMaps(weights);
    }

    @Override
    public Optional<double[]> perMap() {
      return inJava().perMap();
    }
  }

  /**
   * Values of another field, each times the number of its feature map.
   *
   * @param weights one for each feature map, or one for all
   */
  record Weighed(double[] weights, ArrayAlgebra.Field base) implements FieldElements {
    /** Whole maps are loaded. */
    @Override
    public void load(int start, int count, double[] to) {
      base.load(start, count, to);
      int cells = base.cells();
      int map = start / cells;
      for (int first = 0; first < count; first += cells, map++) {
        double weight = weights[weights.length == 1 ? 0 : map];
        for (int i = first; i < first + cells; i++) {
          to[i] *= weight;
        }
      }
    }

    /** By the sums of the base, which are known mostly. */
    @Override
    public double[] sums() {
      return times(weights, base.sums());
    }

    @Override
    public double[] sumOfMaps(double[] further) {
      return base.sumOfMaps(times(weights, further));
    }

    @Override
    public Optional<double[]> perMap() {
      return base.elements().perMap().map(numbers -> times(weights, numbers));
    }

    /** The products of two lists, of which either may be one number for all. */
    private static double[] times(double[] a, double[] b) {
      double[] products = new double[Math.max(a.length, b.length)];
      for (int i = 0; i < products.length; i++) {
        products[i] = a[a.length == 1 ? 0 : i] * b[b.length == 1 ? 0 : i];
      }
      return products;
    }
  }
}
