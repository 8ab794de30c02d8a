package org.pellucid.graph;

/**
 * What becomes of stacked samples in an operation's output: still stacked along an axis, or mixed.
 *
 * @param axis the output's axis along which samples are stacked, {@link #NONE} when the output is
 *     the same for all samples; meaningless when mixed
 * @param mixed null when the samples stay apart; otherwise why they may not, as the end of a
 *     sentence: "it normalises over the axis that holds the samples"
 */
public record Samples(int axis, String mixed) {
  /** The axis of a tensor that is the same for all samples. */
  public static final int NONE = -1;

  /** Samples stay apart, stacked along an axis. */
  public static Samples along(int axis) {
    return new Samples(axis, null);
  }

  /** Samples mix, or cannot be shown not to. */
  public static Samples mix(String why) {
    return new Samples(NONE, why);
  }

  /** Whether samples stay apart. */
  public boolean apart() {
    return mixed == null;
  }
}
