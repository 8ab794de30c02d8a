package org.pellucid.api;

import java.util.Optional;
import java.util.OptionalInt;
import org.pellucid.graph.Tensor;

/**
 * The score of one class.
 *
 * @param index the class, from 0
 * @since 0.1.0
 */
public record ClassTarget(int index) implements Target {
  @Override
  public String describe() {
    return "class " + index;
  }

  @Override
  public Target resolve(Tensor scores) {
    if (index < 0 || index >= scores.size()) {
      throw new InvalidRequestException(
          "Class " + index + " was asked for; the model has classes 0 to " + (scores.size() - 1));
    }
    return this;
  }

  @Override
  public OptionalInt classIndex() {
    return OptionalInt.of(index);
  }

  @Override
  public Optional<double[]> constantSeed(int scores) {
    return index >= 0 && index < scores ? Optional.of(seed(new double[scores])) : Optional.empty();
  }

  @Override
  public double value(double[] scores) {
    return scores[index];
  }

  @Override
  public double[] seed(double[] scores) {
    double[] seed = new double[scores.length];
    seed[index] = 1;
    return seed;
  }
}
