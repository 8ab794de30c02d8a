package org.pellucid.core.dataset;

import java.util.List;

/** What is known of an image, read when it is needed. */
@FunctionalInterface
public interface Annotations {
  /** Nothing. */
  Annotations NONE = () -> List.of();

  /**
   * The objects.
   *
   * @throws org.pellucid.graph.MalformedInputException if what was annotated cannot be read
   */
  List<AnnotatedObject> objects();

  /** Objects that are known already. */
  static Annotations of(List<AnnotatedObject> objects) {
    List<AnnotatedObject> copy = List.copyOf(objects);
    return () -> copy;
  }
}
