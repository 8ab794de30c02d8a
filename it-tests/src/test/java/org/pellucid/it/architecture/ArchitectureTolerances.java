package org.pellucid.it.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.pellucid.it.architecture.ArchitectureFixture.Digest;

/** How near numbers must come to a fixture's. */
final class ArchitectureTolerances {
  /** Of float64, relative to the largest magnitude. */
  static final double DOUBLE = 1e-9;

  private static final double SINGLE_NORM = 1e-3;
  private static final double SINGLE_ELEMENT = 1e-4;
  private static final double SINGLE_SHARE = 0.99;

  private ArchitectureTolerances() {}

  /** Computed in float64: samples and projections are the digest's. */
  static void assertAgrees(String what, long seed, double[] found, Digest wanted) {
    double tolerance = DOUBLE * wanted.max();
    double norm = 0;
    for (double value : found) {
      norm = Math.hypot(norm, value);
    }
    assertThat(norm).as("norm of %s", what).isCloseTo(wanted.norm(), within(wanted.norm()));
    for (int i = 0; i < wanted.indices().length; i++) {
      assertThat(found[wanted.indices()[i]])
          .as("element %s of %s", wanted.indices()[i], what)
          .isCloseTo(wanted.values()[i], Offset.offset(tolerance));
    }
    for (int i = 0; i < wanted.projections().length; i++) {
      // Errors of the size of the tolerance in every element would add up like a random walk.
      assertThat(SeededNumbers.of(seed, "projection/" + i).project(found))
          .as("projection %s of %s", i, what)
          .isCloseTo(wanted.projections()[i], Offset.offset(tolerance * Math.sqrt(found.length)));
    }
  }

  private static Offset<Double> within(double size) {
    return Offset.offset(DOUBLE * size);
  }

  /** Computed in float64: every number. */
  static void assertClose(String what, double[] found, double[] wanted) {
    assertThat(found).as(what).hasSameSizeAs(wanted);
    double largest = 0;
    for (double value : wanted) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < wanted.length; i++) {
      assertThat(found[i]).as("element %s of %s", i, what).isCloseTo(wanted[i], within(largest));
    }
  }

  /**
   * Computed in float32, against float64: in norm, and in nearly every element. ReLU and max-pool
   * may take another side at the last digit, which changes a patch of the gradient.
   */
  static void assertNear(String what, double[] found, double[] exact) {
    double error = 0;
    double norm = 0;
    double largest = 0;
    for (int i = 0; i < exact.length; i++) {
      error += (found[i] - exact[i]) * (found[i] - exact[i]);
      norm += exact[i] * exact[i];
      largest = Math.max(largest, Math.abs(exact[i]));
    }
    assertThat(Math.sqrt(error / norm)).as("relative error of %s", what).isLessThan(SINGLE_NORM);
    int near = 0;
    for (int i = 0; i < exact.length; i++) {
      near += Math.abs(found[i] - exact[i]) <= SINGLE_ELEMENT * largest ? 1 : 0;
    }
    assertThat((double) near / exact.length)
        .as("share of near elements of %s", what)
        .isGreaterThanOrEqualTo(SINGLE_SHARE);
  }
}
