package org.pellucid.graph.op;

import java.util.List;

/**
 * Elements added (never removed) before and after along each axis.
 *
 * @param before count per axis, at least 0
 * @param after count per axis, at least 0
 * @param mode what the added elements are
 * @param value the element of mode CONSTANT
 */
public record Pad(List<Integer> before, List<Integer> after, Mode mode, double value)
    implements Unfinished {
  /** What padding is filled with. */
  public enum Mode {
    /** A fixed value. */
    CONSTANT,
    /** Mirrored without the edge itself. */
    REFLECT,
    /** The edge repeated. */
    EDGE
  }
}
