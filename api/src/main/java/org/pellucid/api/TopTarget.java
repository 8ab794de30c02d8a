package org.pellucid.api;

import java.util.Comparator;
import java.util.stream.IntStream;
import org.pellucid.graph.Tensor;

/**
 * The class with the rank-th highest score on the clean image; equals are ranked by index.
 *
 * @param rank from 0, the highest
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
    return new ClassTarget(
        IntStream.range(0, scores.size())
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -scores.get(i)))
            .skip(rank)
            .findFirst()
            .orElseThrow());
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
