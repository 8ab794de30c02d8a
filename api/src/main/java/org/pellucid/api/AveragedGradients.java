package org.pellucid.api;

import java.util.List;
import org.pellucid.graph.Shape;

/**
 * Averages over noisy copies of the powers of a layer's gradient ({@link GradientMoments}), in Java
 * memory or where an engine keeps them. Used during the call that they are given to, by one thread.
 *
 * @since 0.1.0
 */
public interface AveragedGradients {
  /** K and the spatial lengths, as {@link LayerCapture}. */
  Shape shape();

  /** How many copies were averaged. */
  int samples();

  /** (sum omega)^2 / sum omega^2; equal to samples for the logit. */
  double effectiveSamples();

  /**
   * How many groups of samples can be left out, for the jackknife: at most 10, and 0 when there are
   * fewer than 2 samples.
   */
  int groups();

  /** The averages in Java memory, brought there where they are not. */
  GradientMoments moments();

  /**
   * What a formula makes of the averages: each of its results with a number per feature map and
   * cell, per map, per cell, or one, row-major. An engine that keeps the averages may compute it,
   * and then only the results come to Java memory; they are equal to Java's but for rounding.
   *
   * @throws BackendException if the engine fails
   */
  List<double[]> evaluate(MomentFormula formula);

  /**
   * The same of the averages without a group of samples, for each of the {@link #groups}.
   *
   * @throws BackendException if the engine fails
   */
  List<List<double[]>> evaluateWithoutGroups(MomentFormula formula);
}
