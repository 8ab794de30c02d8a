package org.pellucid.api;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.pellucid.graph.Shape;
import org.pellucid.graph.pass.FeatureMapAxes;

/**
 * The moments of a layer's gradients, of which an engine keeps the sums. Open when they are made;
 * once {@link #rest} was called, open during {@link #use} alone.
 */
final class EngineMoments implements AveragedGradients, AutoCloseable {
  private final Shape shape;
  private final SampleWeights weights;
  private final PowerSums sums;
  private GradientMoments inJava;

  private EngineMoments(Shape shape, SampleWeights weights, PowerSums sums) {
    this.shape = shape;
    this.weights = weights;
    this.sums = sums;
  }

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
      layer.inJava = null;
      factors = Arrays.stream(scores).mapToObj(layer.weights::next).toList();
    }
    return factors;
  }

  /** What the samples are added to. */
  PowerSums sums() {
    return sums;
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public int samples() {
    return weights.samples();
  }

  @Override
  public double effectiveSamples() {
    return weights.effectiveSamples();
  }

  @Override
  public int groups() {
    return weights.groups();
  }

  @Override
  public GradientMoments moments() {
    if (inJava == null) {
      PowerSums.Sums found = sums.read();
      inJava =
          MomentSums.moments(
              shape, found.scale(), new SampleAverage(weights, found.all(), found.groups()), 1);
    }
    return inJava;
  }

  @Override
  public List<double[]> evaluate(MomentFormula formula) {
    return inEngine(formula, List.of(new PowerSums.Part(-1, weights.total())))
        .map(found -> found.get(0))
        .orElseGet(() -> moments().evaluate(formula));
  }

  @Override
  public List<List<double[]>> evaluateWithoutGroups(MomentFormula formula) {
    if (groups() == 0) {
      return List.of();
    }
    List<PowerSums.Part> parts =
        IntStream.range(0, groups())
            .mapToObj(group -> new PowerSums.Part(group, weights.totalWithout(group)))
            .toList();
    return inEngine(formula, parts).orElseGet(() -> moments().evaluateWithoutGroups(formula));
  }

  /** Java computes what the engine has no memory for. */
  private Optional<List<List<double[]>>> inEngine(
      MomentFormula formula, List<PowerSums.Part> parts) {
    try {
      return sums.evaluate(formula, parts);
    } catch (BackendException e) {
      if (e.isOutOfMemory()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Closes what may be wanted again. What the engine cannot keep meanwhile is brought to Java
   * memory first.
   */
  void rest() {
    if (!sums.rest()) {
      moments();
      sums.close();
    }
  }

  /**
   * Opens them for a while.
   *
   * @return what is made of them; empty where the engine has given them up
   */
  <R> Optional<R> use(Function<AveragedGradients, R> use) {
    if (!sums.reopen()) {
      return Optional.ofNullable(inJava).map(use);
    }
    try {
      R result = use.apply(this);
      rest();
      return Optional.of(result);
    } catch (RuntimeException | Error e) {
      try {
        close();
      } catch (RuntimeException other) {
        e.addSuppressed(other);
      }
      throw e;
    }
  }

  @Override
  public void close() {
    sums.close();
  }
}
