package org.pellucid.api.explain;

import java.util.Optional;
import org.pellucid.api.ArrayAlgebra.Field;

/**
 * Why there is nothing to show.
 *
 * @since 0.1.0
 */
public final class Degeneracy {
  private static final String NOTHING = ": there is nothing to show";

  /** Why numbers that are too large give no map. */
  public static final String OVERFLOW = "The map leaves the range of float64 numbers" + NOTHING;

  private Degeneracy() {}

  /** Why nothing can be made of a score, whatever its gradient is; empty when something can. */
  public static Optional<String> ofScore(double score) {
    return Double.isFinite(score)
        ? Optional.empty()
        : Optional.of("The score is " + score + NOTHING);
  }

  /** Why nothing can be made of activations; empty when something can. */
  public static Optional<String> ofActivations(Field activations) {
    if (!activations.isFinite()) {
      return Optional.of("Some activations are not finite" + NOTHING);
    }
    return activations.isZero()
        ? Optional.of("All activations are zero" + NOTHING)
        : Optional.empty();
  }

  /** Why nothing can be made of activations; empty when something can. */
  public static Optional<String> ofActivations(double[] activations) {
    return ofActivations(new Field(1, activations.length, activations));
  }

  /** Why nothing can be made of gradients, or averages of them; empty when something can. */
  public static Optional<String> ofGradients(Field gradients) {
    if (!gradients.isFinite()) {
      return Optional.of("Some gradients are not finite" + NOTHING);
    }
    return gradients.isZero()
        ? Optional.of(
            "All gradients are zero: the target does not depend on the layer here, and there is"
                + " nothing to show")
        : Optional.empty();
  }

  /** Why nothing can be made of gradients, or averages of them; empty when something can. */
  public static Optional<String> ofGradients(double[] gradients) {
    return ofGradients(new Field(1, gradients.length, gradients));
  }

  /** Whether all numbers are zero. */
  public static boolean zero(double[] numbers) {
    for (double number : numbers) {
      if (number != 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether no number is infinite or NaN. */
  public static boolean finite(double[] numbers) {
    for (double number : numbers) {
      if (!Double.isFinite(number)) {
        return false;
      }
    }
    return true;
  }
}
