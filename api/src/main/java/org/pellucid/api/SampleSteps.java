package org.pellucid.api;

import java.util.function.BooleanSupplier;

/**
 * At how many samples it is asked whether there are enough: 10, 20, 30, 40, 50, then about a
 * quarter more each time, always tens: 60, 70, 80, 100, 120, 150 ... Each group of the jackknife
 * then has equally many samples, and at most about a quarter are more than were needed.
 *
 * @since 0.1.0
 */
public final class SampleSteps {
  /** As many as {@link SampleAverage} has groups. */
  private static final int TEN = 10;

  private SampleSteps() {}

  /** Runs some of the samples. */
  @FunctionalInterface
  interface Run {
    /** Those from a number (inclusive) to another. */
    void run(int from, int to);
  }

  /**
   * Runs samples step by step until they suffice, or all have run.
   *
   * @param most how many there are
   * @param enough asked after each step but the last of all
   */
  static void run(int most, Run some, BooleanSupplier enough) {
    int done = 0;
    do {
      int next = after(done, most);
      some.run(done, next);
      done = next;
    } while (done < most && !enough.getAsBoolean());
  }

  /**
   * The next number of samples.
   *
   * @param done how many there are, of these numbers or 0
   * @param most how many there may be
   */
  public static int after(int done, int most) {
    int quarterMore = (done + done / 4) / TEN * TEN;
    return Math.min(most, Math.max(done + TEN, quarterMore));
  }
}
