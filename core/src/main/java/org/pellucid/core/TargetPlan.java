package org.pellucid.core;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;

/**
 * Targets whose every name and number was found to exist in the model, and which an image makes
 * complete.
 *
 * @param description as it was asked for
 * @param reads the tensor that they read
 * @param several whether an image may have more than one
 * @param targets of an image; may run the model
 * @param known the targets, where they are the same for every image
 */
record TargetPlan(
    String description,
    Tap reads,
    boolean several,
    Function<Subject, List<Target>> targets,
    Optional<List<Target>> known) {
  /** Targets that depend on the image. */
  TargetPlan(
      String description, Tap reads, boolean several, Function<Subject, List<Target>> targets) {
    this(description, reads, several, targets, Optional.empty());
  }

  /** The same targets for every image. */
  static TargetPlan of(String description, Tap reads, List<Target> targets) {
    return new TargetPlan(
        description, reads, targets.size() > 1, subject -> targets, Optional.of(targets));
  }
}
