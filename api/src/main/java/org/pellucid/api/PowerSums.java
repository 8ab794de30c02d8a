package org.pellucid.api;

import java.util.List;
import java.util.Optional;

/**
 * Sums over samples of the powers of a layer's gradients, sum_m omega_m (g_m / scale)^p for p = 1,
 * 2, 3, that an engine keeps: of all samples, and of each of a few groups, sample m in group m mod
 * the number of groups. They are float64 and added in the order of the samples, each product and
 * each sum rounded, so that equal gradients have equal sums wherever they are summed (but for
 * underflow). Filled by {@link NoisyPass#addPowers}. Closed by who asked for them; closing twice is
 * safe.
 *
 * @since 0.1.0
 */
public interface PowerSums extends AutoCloseable {
  /**
   * How a sample is added.
   *
   * @param weight omega
   * @param before by what the sums of the samples before it are multiplied first
   */
  record Factor(double weight, double before) {}

  /**
   * Sums in Java memory, elements in the order [K, spatial...].
   *
   * @param scale {@link GradientMoments#scaleOf} the largest magnitude of any gradient, of the
   *     samples that have finite ones alone
   * @param all the sums of all samples: first powers of all elements, then second, then third ones
   * @param groups those of each group
   */
  record Sums(double scale, double[] all, double[][] groups) {}

  /** Copies the sums to Java memory. */
  Sums read();

  /**
   * Which samples an average is of.
   *
   * @param without the group that is left out, or -1 for none
   * @param weight the sum of the others' omega, by which their sum is divided; where it is 0, so is
   *     the average
   */
  record Part(int without, double weight) {}

  /**
   * What a formula makes of averages, computed where the sums are kept; only the results come to
   * Java memory.
   *
   * @param parts which averages, at least one
   * @return by part the formula's results, as {@link AveragedGradients#evaluate} tells; empty where
   *     the engine leaves formulas to Java
   * @throws BackendException if the engine fails; the sums are as they were
   */
  default Optional<List<List<double[]>>> evaluate(MomentFormula formula, List<Part> parts) {
    return Optional.empty();
  }

  /**
   * Closes the sums, which may be wanted again: an engine may have them still when they are {@link
   * #reopen reopened}, and does without them as soon as it has another use for the memory.
   *
   * @return whether they are closed; where the engine has nothing of the kind, they stay open
   */
  default boolean rest() {
    return false;
  }

  /** Opens sums that rest; whether they are still there. */
  default boolean reopen() {
    return false;
  }

  /** How an engine adds the next samples; asked once, when nothing can fail any more. */
  @FunctionalInterface
  interface Factors {
    /** One per sample, in order. */
    List<Factor> next();
  }

  /** Frees what the engine holds. */
  @Override
  void close();
}
