package org.pellucid.methods;

import java.util.Locale;

/**
 * How many noisy copies are averaged: a number, or as many as it takes.
 *
 * @param most the number, or how many it may take
 * @param automatic whether fewer will do where they suffice
 */
public record SampleCount(int most, boolean automatic) {
  private static final int LIMIT = 10_000;

  /** As many as it takes, up to 1000. */
  public static final SampleCount AUTO = new SampleCount(1000, true);

  /** The range is checked. */
  public SampleCount {
    if (most < 1 || most > LIMIT) {
      throw new IllegalArgumentException("Samples are 1 to " + LIMIT + ", found " + most);
    }
  }

  /** So many. */
  public static SampleCount of(int number) {
    return new SampleCount(number, false);
  }

  /** A number or {@code auto}. */
  static SampleCount parse(String text) {
    String word = text.trim().toLowerCase(Locale.ROOT);
    return word.equals("auto") ? AUTO : of(Integer.parseInt(word));
  }

  /** As users write it. */
  @Override
  public String toString() {
    return automatic ? "auto" : Integer.toString(most);
  }
}
