package org.pellucid.backend.cuda;

/**
 * The generation of a card's processors: 9.0 is Hopper.
 *
 * @param major the first number
 * @param minor the second, one digit
 */
public record ComputeCapability(int major, int minor) implements Comparable<ComputeCapability> {
  /** The number in {@code sm_90}. */
  int number() {
    return 10 * major + minor;
  }

  @Override
  public int compareTo(ComputeCapability other) {
    return Integer.compare(number(), other.number());
  }

  /** {@code 9.0}. */
  @Override
  public String toString() {
    return major + "." + minor;
  }
}
