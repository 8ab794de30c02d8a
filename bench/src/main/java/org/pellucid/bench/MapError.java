package org.pellucid.bench;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/** How far a map is from another one, as a part of the other's largest magnitude. */
enum MapError {
  /** The largest difference of a cell. */
  LARGEST(
      "the largest of a cell",
      differences -> Arrays.stream(differences).map(Math::abs).max().orElse(0)),
  /** The root of the mean square of the differences of all cells. */
  OF_ALL_CELLS(
      "root of the mean square over cells",
      differences -> Math.sqrt(Arrays.stream(differences).map(d -> d * d).average().orElse(0)));

  private final String title;
  private final ToDoubleFunction<double[]> size;

  MapError(String title, ToDoubleFunction<double[]> size) {
    this.title = title;
    this.size = size;
  }

  /** What a table calls it. */
  String title() {
    return title;
  }

  /**
   * The error of a map.
   *
   * @throws IllegalArgumentException if the reference is zero everywhere or of another size
   */
  double of(double[] map, double[] reference) {
    if (map.length != reference.length) {
      throw new IllegalArgumentException(
          "Maps of " + map.length + " and " + reference.length + " cells");
    }
    double largest = Arrays.stream(reference).map(Math::abs).max().orElse(0);
    if (largest == 0) {
      throw new IllegalArgumentException("The reference is zero everywhere");
    }
    double[] differences = new double[map.length];
    for (int i = 0; i < map.length; i++) {
      differences[i] = map[i] - reference[i];
    }
    return size.applyAsDouble(differences) / largest;
  }
}
