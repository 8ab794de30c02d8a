package org.pellucid.methods;

import org.pellucid.api.ArrayAlgebra;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.explain.Evidence;
import org.pellucid.api.explain.SaliencyReport;
import org.pellucid.api.explain.SelectedLayer;

/**
 * The direction in which a layer's cells, as points with a coordinate per feature map, extend
 * furthest from the origin: the first right singular vector of the matrix [cells, maps], not
 * centred.
 *
 * <p>It is the leading eigenvector of the Gram matrix of the shorter side.
 *
 * @param vector a number per map, of length 1; zeros for a matrix of zeros
 * @param share which part of the sum of squares lies in this direction, 0 to 1
 * @param distinct whether the second singular value is clearly smaller; if not, the direction is
 *     one of many
 */
record LeadingDirection(Field vector, double share, boolean distinct) {
  private static final ArrayAlgebra ALGEBRA = ArrayAlgebra.INSTANCE;

  /** Below this a sum of the vector's elements is rounding error. */
  private static final double BALANCED = 1e-12;

  /**
   * What each feature map adds to the projection of a layer's cells onto their leading direction.
   *
   * @param field maps by cells
   */
  static Evidence<Field> evidence(Field field, SelectedLayer layer, SaliencyReport report) {
    LeadingDirection direction = of(ALGEBRA.mul(field, layer.weightCells()));
    report.measure("share", direction.share());
    if (!direction.distinct()) {
      report.warn(
          "The two largest singular values are equal: the direction shown is one of many alike");
    }
    return Evidence.of(ALGEBRA, direction.vector(), field, layer.contributionCells());
  }

  /**
   * The direction of a field of maps by cells. Of the two signs it has the one whose elements sum
   * to a positive number: the projection then agrees with the plain sum of the maps. Where they sum
   * to 0, the first element of the largest magnitude is positive.
   */
  static LeadingDirection of(Field field) {
    int maps = field.maps();
    int cells = field.cells();
    double[] rows = ALGEBRA.div(field, ALGEBRA.scaleOf(field)).values();
    boolean few = maps <= cells;
    int side = Math.min(maps, cells);
    double[] gram =
        few ? gram(rows, maps, cells) : gram(transposed(rows, maps, cells), cells, maps);
    LeadingEigenvector found = LeadingEigenvector.of(gram, side);
    double[] vector = found.vector();
    double trace = LeadingEigenvector.trace(gram, side);
    if (!(trace > 0)) {
      return new LeadingDirection(new Field(maps, 1, new double[maps]), 0, true);
    }
    if (!few) {
      vector = LeadingEigenvector.times(rows, vector, maps, cells);
      LeadingEigenvector.normalize(vector);
    }
    orient(vector);
    return new LeadingDirection(
        new Field(maps, 1, vector), Math.min(1, found.value() / trace), found.distinct());
  }

  private static double[] transposed(double[] rows, int maps, int cells) {
    double[] columns = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      columns[i % cells * maps + i / cells] = rows[i];
    }
    return columns;
  }

  /** The products of rows with rows. */
  private static double[] gram(double[] rows, int count, int length) {
    double[] gram = new double[count * count];
    for (int a = 0; a < count; a++) {
      for (int b = 0; b <= a; b++) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
          sum += rows[a * length + i] * rows[b * length + i];
        }
        gram[a * count + b] = sum;
        gram[b * count + a] = sum;
      }
    }
    return gram;
  }

  private static void orient(double[] vector) {
    double sum = 0;
    double largest = 0;
    for (double element : vector) {
      sum += element;
      largest = Math.abs(element) > Math.abs(largest) ? element : largest;
    }
    if ((Math.abs(sum) > BALANCED ? sum : largest) < 0) {
      LeadingEigenvector.scale(vector, -1);
    }
  }
}
