package org.pellucid.core.compare;

/** What the difference of two backends' maps amounts to. */
public enum Verdict {
  /** The maps agree within the tolerance. */
  AGREES,
  /**
   * They do not, and it was shown that both are right for the sides that their own rounding took at
   * ReLUs, max-pools and the like; see {@link Settlement}.
   */
  KINK,
  /**
   * They do not, although no unit took another side: what the method was given agrees with double
   * precision to rounding on both, and the method itself magnifies rounding, as by a division by
   * what nearly cancels; see {@link Settlement}.
   */
  SENSITIVE,
  /** They do not, and nothing excuses it. */
  DISAGREES;

  /** Whether the maps differ by more than the tolerance for another reason than kinks. */
  public boolean isDifference() {
    return this == SENSITIVE || this == DISAGREES;
  }
}
