package org.pellucid.testkit;

import java.util.Arrays;
import org.assertj.core.api.AbstractAssert;
import org.pellucid.api.Saliency;
import org.pellucid.api.Status;
import org.pellucid.graph.Shape;

/**
 * Assertions on saliency maps.
 *
 * <pre>{@code
 * SaliencyAssert.assertThat(saliency)
 *     .hasStatus(Status.OK)
 *     .hasMap(Shape.of(2, 2), 1e-12, 0, 4, 28, 32.5)
 *     .hasWeights(1e-12, 1, -0.5);
 * }</pre>
 */
public final class SaliencyAssert extends AbstractAssert<SaliencyAssert, Saliency> {
  private SaliencyAssert(Saliency actual) {
    super(actual, SaliencyAssert.class);
  }

  /** Begins assertions on a saliency. */
  public static SaliencyAssert assertThat(Saliency actual) {
    return new SaliencyAssert(actual).isNotNull();
  }

  /** It amounts to what is expected. */
  public SaliencyAssert hasStatus(Status expected) {
    if (actual.status() != expected) {
      failWithMessage(
          "Expected status %s, found %s with warnings %s",
          expected, actual.status(), actual.warnings());
    }
    return this;
  }

  /** No number of it is infinite or NaN. */
  public SaliencyAssert isFinite() {
    finite("map", actual.map().toDoubleArray());
    finite("weights", weights());
    actual.standardError().ifPresent(error -> finite("standard error", error.toDoubleArray()));
    finite(
        "contributions",
        actual.contributions().stream().mapToDouble(Saliency.Contribution::contribution).toArray());
    return this;
  }

  private void finite(String what, double[] numbers) {
    if (!Arrays.stream(numbers).allMatch(Double::isFinite)) {
      failWithMessage("Expected finite numbers, found %s %s", what, Arrays.toString(numbers));
    }
  }

  /** Every cell of the map is zero. */
  public SaliencyAssert isAllZero() {
    if (!Arrays.stream(actual.map().toDoubleArray()).allMatch(x -> x == 0)) {
      failWithMessage("Expected zeros, found %s", Arrays.toString(actual.map().toDoubleArray()));
    }
    return this;
  }

  /** The map has a shape, and values within an absolute tolerance. */
  public SaliencyAssert hasMap(Shape shape, double tolerance, double... values) {
    if (!actual.map().shape().equals(shape)) {
      failWithMessage("Expected a map of shape %s, found %s", shape, actual.map().shape());
    }
    close("map", values, actual.map().toDoubleArray(), tolerance);
    return this;
  }

  /** The selected feature maps have weights within an absolute tolerance, in index order. */
  public SaliencyAssert hasWeights(double tolerance, double... values) {
    close("weights", values, weights(), tolerance);
    return this;
  }

  /** Map, weights and standard error equal another's bit for bit. */
  public SaliencyAssert hasSameBitsAs(Saliency other) {
    bits("map", other.map().toDoubleArray(), actual.map().toDoubleArray());
    bits("weights", assertThat(other).weights(), weights());
    if (actual.standardError().isPresent() != other.standardError().isPresent()) {
      failWithMessage("Expected both to have a standard error, or none");
    }
    actual
        .standardError()
        .ifPresent(
            error ->
                bits(
                    "standard error",
                    other.standardError().get().toDoubleArray(),
                    error.toDoubleArray()));
    return this;
  }

  /**
   * The map equals another's within a fraction of the largest magnitude of that.
   *
   * @param fraction as 1e-9 for two backends in float64
   */
  public SaliencyAssert isCloseTo(Saliency other, double fraction) {
    double[] expected = other.map().toDoubleArray();
    double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    return hasMap(other.map().shape(), fraction * largest, expected);
  }

  private double[] weights() {
    return actual.contributions().stream().mapToDouble(Saliency.Contribution::weight).toArray();
  }

  private void close(String what, double[] expected, double[] found, double tolerance) {
    boolean same = expected.length == found.length;
    for (int i = 0; same && i < expected.length; i++) {
      same = Math.abs(expected[i] - found[i]) <= tolerance;
    }
    if (!same) {
      failWithMessage(
          "Expected %s %s within %s, found %s",
          what, Arrays.toString(expected), tolerance, Arrays.toString(found));
    }
  }

  private void bits(String what, double[] expected, double[] found) {
    if (!Arrays.equals(expected, found)) {
      failWithMessage(
          "Expected %s %s bit for bit, found %s",
          what, Arrays.toString(expected), Arrays.toString(found));
    }
  }
}
