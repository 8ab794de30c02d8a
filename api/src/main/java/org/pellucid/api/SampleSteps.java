package org.pellucid.api;

/**
 * At how many samples it is asked whether there are enough: 10, 20, 30, 40, 50, then about a
 * quarter more each time, always tens: 60, 80, 100, 130 ... Each group of the jackknife then has
 * equally many samples, and at most about a quarter are more than were needed.
 */
public final class SampleSteps {
  /** As many as {@link SampleAverage} has groups. */
  private static final int TEN = 10;

  private SampleSteps() {}

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
