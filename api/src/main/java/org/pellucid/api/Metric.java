package org.pellucid.api;

import java.util.List;
import java.util.Set;

/**
 * A measure of how good an explanation is: one number for one map of one image and one class. A
 * service, as {@link Explainer} is: implementations stand in {@code META-INF/services} and have a
 * public constructor without parameters. Stateless, and safe for use by several threads.
 *
 * <pre>{@code
 * public final class Peak implements Metric {
 *   ...
 *   public Measurement measure(Trial trial, Options options) {
 *     double[] map = trial.shown().toDoubleArray();
 *     return Measurement.of(Arrays.stream(map).max().orElseThrow());
 *   }
 * }
 * }</pre>
 *
 * @since 0.1.0
 */
public interface Metric {
  /** Which way better explanations lie. */
  enum Direction {
    /** More is better. */
    HIGHER_IS_BETTER,
    /** Less is better. */
    LOWER_IS_BETTER,
    /** It describes, and does not judge. */
    NEITHER
  }

  /** What a metric asks for, beside the map. */
  enum Need {
    /** The network's answers to changed images. */
    MODEL,
    /** Explanations of changed images, with other seeds, or of a changed network. */
    EXPLANATIONS,
    /** Where the objects of the explained class are. */
    OBJECTS,
    /** The outlines of objects; boxes around them do not serve. */
    OUTLINES
  }

  /** A short stable name, lower case with hyphens: {@code "insertion"}. */
  String id();

  /** What it measures, in one sentence with the paper. */
  String description();

  /** Its options; empty where it has none. */
  List<Option<?>> options();

  /** What it asks for, beside the map; empty where the map is enough. */
  Set<Need> needs();

  /** Which way better explanations lie. */
  Direction direction();

  /**
   * Measures one map.
   *
   * @throws InvalidRequestException if the options do not fit the image
   */
  Measurement measure(Trial trial, Options options);
}
