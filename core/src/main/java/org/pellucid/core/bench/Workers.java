package org.pellucid.core.bench;

import java.util.OptionalInt;

/** Opens workers. */
@FunctionalInterface
public interface Workers {
  /**
   * Opens one, and waits until the model has run once.
   *
   * @param target the class to explain, in place of what was asked for; empty for that
   * @throws org.pellucid.graph.PellucidException if it cannot be had, saying why
   */
  Worker open(Setting setting, OptionalInt target);
}
