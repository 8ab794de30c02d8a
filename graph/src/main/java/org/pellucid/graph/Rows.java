package org.pellucid.graph;

import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * Rows of equal length that lie one after the other, as the feature maps of a sample do: summed in
 * float64 where they lie, which takes a fraction of the time of copying them as float64 first.
 */
public final class Rows {
  private final float[] floats;
  private final double[] doubles;
  private final int start;
  private final int count;
  private final int length;
  private final int repeats;

  private Rows(float[] floats, double[] doubles, int start, int count, int length, int repeats) {
    this.floats = floats;
    this.doubles = doubles;
    this.start = start;
    this.count = count;
    this.length = length;
    this.repeats = repeats;
  }

  /**
   * The rows that an array consists of.
   *
   * @param count how many
   */
  public static Rows of(double[] elements, int count) {
    int length = count == 0 ? 0 : elements.length / count;
    if (elements.length != (long) count * length) {
      throw new IllegalArgumentException(
          elements.length + " elements are not " + count + " rows of equal length");
    }
    return new Rows(null, elements, 0, count, length, 1);
  }

  /**
   * Rows of an array.
   *
   * @param start the position of the first element
   * @param count how many rows
   * @param length elements of each
   * @throws IndexOutOfBoundsException if the array has not as many elements
   */
  public static Rows of(double[] elements, int start, int count, int length) {
    Objects.checkFromIndexSize(start, Math.multiplyExact(count, length), elements.length);
    return new Rows(null, elements, start, count, length, 1);
  }

  /**
   * Rows of a tensor of any type.
   *
   * @param start the row-major position of the first element
   * @param count how many rows
   * @param length elements of each
   * @throws IndexOutOfBoundsException if the tensor has not as many elements
   */
  public static Rows of(Tensor tensor, int start, int count, int length) {
    int size = Math.multiplyExact(count, length);
    Objects.checkFromIndexSize(start, size, tensor.size());
    Optional<Runs> runs = tensor.runs();
    if (runs.isPresent() && runs.get().length() == length && start % length == 0) {
      double[] values = new double[count];
      runs.get().values().copy(start / length, values, count);
      return new Rows(null, values, 0, count, 1, length);
    }
    return tensor
        .floatArray()
        .map(array -> new Rows(array.elements(), null, array.offset() + start, count, length, 1))
        .orElseGet(
            () -> {
              double[] elements = new double[size];
              tensor.copy(start, elements, size);
              return of(elements, count);
            });
  }

  /**
   * One number per row, where it is known that all elements of each row are equal; not to be
   * changed.
   */
  public Optional<double[]> repeated() {
    return repeats == 1 ? Optional.empty() : Optional.of(doubles);
  }

  /** The sum of each row, in index order; of a row of equal elements their product. */
  public double[] sums() {
    double[] sums = new double[count];
    // Each addition waits for the one before: four rows at once take little longer than one.
    int row = 0;
    for (; row + 4 <= count; row += 4) {
      if (floats != null) {
        sumFour(floats, start + row * length, length, sums, row);
      } else {
        sumFour(doubles, start + row * length, length, sums, row);
      }
    }
    for (; row < count; row++) {
      double sum = 0;
      for (int i = start + row * length; i < start + (row + 1) * length; i++) {
        sum += floats != null ? floats[i] : doubles[i];
      }
      sums[row] = sum;
    }
    if (repeats > 1) {
      for (row = 0; row < count; row++) {
        sums[row] *= repeats;
      }
    }
    return sums;
  }

  private static void sumFour(float[] rows, int start, int length, double[] sums, int row) {
    int next = start + length;
    int third = next + length;
    int last = third + length;
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    for (int i = 0; i < length; i++) {
      a += rows[start + i];
      b += rows[next + i];
      c += rows[third + i];
      d += rows[last + i];
    }
    sums[row] = a;
    sums[row + 1] = b;
    sums[row + 2] = c;
    sums[row + 3] = d;
  }

  private static void sumFour(double[] rows, int start, int length, double[] sums, int row) {
    int next = start + length;
    int third = next + length;
    int last = third + length;
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    for (int i = 0; i < length; i++) {
      a += rows[start + i];
      b += rows[next + i];
      c += rows[third + i];
      d += rows[last + i];
    }
    sums[row] = a;
    sums[row + 1] = b;
    sums[row + 2] = c;
    sums[row + 3] = d;
  }

  /**
   * The sum of the rows, element by element and in index order, each times its weight.
   *
   * @param weights one for each row, or one for all
   */
  public double[] weighedSum(double[] weights) {
    if (weights.length != 1 && weights.length != count) {
      throw new IllegalArgumentException(count + " rows and " + weights.length + " weights");
    }
    boolean each = weights.length == count;
    double[] sum = new double[length];
    int row = 0;
    for (; row + 4 <= count; row += 4) {
      double a = weights[each ? row : 0];
      double b = weights[each ? row + 1 : 0];
      double c = weights[each ? row + 2 : 0];
      double d = weights[each ? row + 3 : 0];
      if (floats != null) {
        addFour(floats, start + row * length, sum, a, b, c, d);
      } else {
        addFour(doubles, start + row * length, sum, a, b, c, d);
      }
    }
    for (; row < count; row++) {
      int from = start + row * length;
      double weight = weights[each ? row : 0];
      for (int i = 0; i < length; i++) {
        sum[i] += weight * (floats != null ? floats[from + i] : doubles[from + i]);
      }
    }
    if (repeats == 1) {
      return sum;
    }
    double[] repeated = new double[repeats];
    Arrays.fill(repeated, sum[0]);
    return repeated;
  }

  private static void addFour(
      float[] rows, int start, double[] sum, double a, double b, double c, double d) {
    int length = sum.length;
    int next = start + length;
    int third = next + length;
    int last = third + length;
    for (int i = 0; i < length; i++) {
      double so = sum[i] + a * rows[start + i];
      so += b * rows[next + i];
      so += c * rows[third + i];
      sum[i] = so + d * rows[last + i];
    }
  }

  private static void addFour(
      double[] rows, int start, double[] sum, double a, double b, double c, double d) {
    int length = sum.length;
    int next = start + length;
    int third = next + length;
    int last = third + length;
    for (int i = 0; i < length; i++) {
      double so = sum[i] + a * rows[start + i];
      so += b * rows[next + i];
      so += c * rows[third + i];
      sum[i] = so + d * rows[last + i];
    }
  }
}
