package org.pellucid.api;

import org.pellucid.graph.Tensor;

/**
 * The class with the rank-th highest score on the clean image; equals are ranked by index.
 *
 * @param rank from 0, the highest
 * @since 0.1.0
 */
public record TopTarget(int rank) implements Target {
  @Override
  public String describe() {
    return rank == 0 ? "top" : "top rank " + (rank + 1);
  }

  @Override
  public Target resolve(Tensor scores) {
    if (rank < 0 || rank >= scores.size()) {
      throw new InvalidRequestException(
          "The class of rank "
              + (rank + 1)
              + " was asked for; the model has "
              + scores.size()
              + " classes");
    }
    double[] values = scores.toDoubleArray();
    int found = -1;
    for (int r = 0; r <= rank; r++) {
      int best = -1;
      for (int i = 0; i < values.length; i++) {
        if ((found < 0 || precedes(values, found, i)) && (best < 0 || precedes(values, i, best))) {
          best = i;
        }
      }
      found = best;
    }
    return new ClassTarget(found);
  }

  /** Whether class i ranks before class k; what is no number comes last. */
  private static boolean precedes(double[] scores, int i, int k) {
    int order = Double.compare(-scores[i], -scores[k]);
    return order < 0 || (order == 0 && i < k);
  }

  @Override
  public double value(double[] scores) {
    throw new IllegalStateException("A top target is resolved before it is evaluated");
  }

  @Override
  public double[] seed(double[] scores) {
    throw new IllegalStateException("A top target is resolved before it is evaluated");
  }
}
