package org.pellucid.testkit;

import java.util.function.IntUnaryOperator;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Tap;
import org.pellucid.graph.Shape;

/** What an explainer is tried on in its contract: a place of 5 feature maps of 3 by 4 cells. */
interface Scene {
  /** How many feature maps. */
  int MAPS = 5;

  /** How many rows of cells. */
  int ROWS = 3;

  /** How many columns of cells. */
  int COLUMNS = 4;

  /** Rows and columns. */
  Shape SPACE = Shape.of(ROWS, COLUMNS);

  /** The place: K, rows and columns. */
  Shape PLACE = Shape.of(MAPS, ROWS, COLUMNS);

  /** What is explained. */
  Tap place();

  /** Pixels of the image to a cell, each way. */
  int pixels();

  /**
   * A probe of the place in another order.
   *
   * @param source which element of the place as it is stands at an index
   */
  ModelProbe probe(IntUnaryOperator source);

  /** A probe of the place as it is. */
  default ModelProbe probe() {
    return probe(i -> i);
  }

  /** A probe of a place of these activations and gradients. */
  ModelProbe constant(double[] activations, double[] gradients);

  /** An array of the place's size. */
  static double[] filled(double value) {
    double[] values = new double[(int) PLACE.size()];
    java.util.Arrays.fill(values, value);
    return values;
  }

  /** An array of the place's size with one element of another value. */
  static double[] filled(double value, int index, double other) {
    double[] values = filled(value);
    values[index] = other;
    return values;
  }
}
