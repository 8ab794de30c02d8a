package org.pellucid.api;

import org.pellucid.graph.Shape;

/**
 * Where a segmentation has the score of a class at a cell.
 *
 * @param scores the shape of one image's scores
 * @param classAxis the axis that counts classes; the others count cells, row-major
 * @since 0.1.0
 */
public record Segmentation(Shape scores, int classAxis) {
  /** The number of classes; 1 where one score per cell says yes or no. */
  public int classes() {
    return scores.dim(classAxis);
  }

  /** The number of cells. */
  public int cells() {
    return Math.toIntExact(scores.size() / classes());
  }

  /** The index of a class's score at a cell, row-major. */
  int element(int classIndex, int cell) {
    int run = Math.toIntExact(scores.sizeOf(classAxis + 1, scores.rank()));
    return (cell / run * classes() + classIndex) * run + cell % run;
  }

  /**
   * The class that is seen at a cell: the one with the highest score, the first of equals; of a
   * single class, 0 where its score is above 0, and -1 elsewhere.
   */
  int classAt(double[] values, int cell) {
    if (classes() == 1) {
      return values[element(0, cell)] > 0 ? 0 : -1;
    }
    int best = 0;
    for (int c = 1; c < classes(); c++) {
      if (values[element(c, cell)] > values[element(best, cell)]) {
        best = c;
      }
    }
    return best;
  }

  /** How many cells each class is seen at. */
  public int[] areas(double[] values) {
    int[] areas = new int[classes()];
    for (int cell = 0; cell < cells(); cell++) {
      int seen = classAt(values, cell);
      if (seen >= 0) {
        areas[seen]++;
      }
    }
    return areas;
  }
}
