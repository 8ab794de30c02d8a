package org.pellucid.api;

/**
 * Told how far long work has come.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Progress {
  /** Tells nobody. */
  Progress NONE = (done, total) -> {};

  /** Some of the work is done; total may grow while work goes on. */
  void at(long done, long total);
}
