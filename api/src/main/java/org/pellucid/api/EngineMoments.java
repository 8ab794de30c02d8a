package org.pellucid.api;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.pellucid.graph.Shape;
import org.pellucid.graph.pass.FeatureMapAxes;

/**
 * The moments of a layer's gradients, of which an engine keeps the sums.
 *
 * @param shape K and the spatial lengths
 * @param weights of the samples so far
 * @param sums closed with this
 */
record EngineMoments(Shape shape, SampleWeights weights, PowerSums sums) implements AutoCloseable {
  /**
   * Moments of no samples yet.
   *
   * @param type the shape of the layer's tensor, for any number of samples
   * @param samples how many there will be
   */
  static EngineMoments of(
      NoisyRuns runs, Tap tap, Shape type, FeatureMapAxes axes, int samples, ScoreScale score) {
    Shape shape = FeatureMaps.of(type, axes).shape();
    int numbers = Math.toIntExact(Math.multiplyExact(3, shape.size()));
    SampleWeights weights = new SampleWeights(numbers, samples, score);
    return new EngineMoments(shape, weights, runs.sums(tap, axes, weights.groups()));
  }

  /** Counts further samples in all layers, and tells how they are added. */
  static List<PowerSums.Factor> next(Collection<EngineMoments> layers, double[] scores) {
    List<PowerSums.Factor> factors = List.of();
    for (EngineMoments layer : layers) {
      factors = Arrays.stream(scores).mapToObj(layer.weights::next).toList();
    }
    return factors;
  }

  /** What was summed. */
  GradientMoments moments() {
    PowerSums.Sums found = sums.read();
    return MomentSums.moments(
        shape, found.scale(), new SampleAverage(weights, found.all(), found.groups()));
  }

  @Override
  public void close() {
    sums.close();
  }
}
