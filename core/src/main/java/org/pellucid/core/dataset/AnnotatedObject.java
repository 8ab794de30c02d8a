package org.pellucid.core.dataset;

import java.util.Objects;
import java.util.OptionalInt;

/**
 * An object of an image.
 *
 * @param category its class in words; empty where it is not known
 * @param index its class among the model's, where the data set says so
 * @param outline where it is
 */
public record AnnotatedObject(String category, OptionalInt index, Outline outline) {
  /** All are required. */
  public AnnotatedObject {
    Objects.requireNonNull(category, "category");
    Objects.requireNonNull(index, "index");
    Objects.requireNonNull(outline, "outline");
  }
}
