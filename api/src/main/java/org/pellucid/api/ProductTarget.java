package org.pellucid.api;

import java.util.OptionalInt;
import org.pellucid.graph.Tensor;

/** The product of two scores, as objectness times that of a class. */
record ProductTarget(String describe, int ofClass, int first, int second) implements Target {
  @Override
  public Target resolve(Tensor scores) {
    return this;
  }

  @Override
  public OptionalInt shownClass() {
    return OptionalInt.of(ofClass);
  }

  @Override
  public double value(double[] scores) {
    return scores[first] * scores[second];
  }

  @Override
  public double[] seed(double[] scores) {
    double[] seed = new double[scores.length];
    seed[first] = scores[second];
    seed[second] = scores[first];
    return seed;
  }

  @Override
  public double[] curvature(double[] scores, double[] direction) {
    double[] curvature = new double[scores.length];
    curvature[first] = direction[second];
    curvature[second] = direction[first];
    return curvature;
  }
}
