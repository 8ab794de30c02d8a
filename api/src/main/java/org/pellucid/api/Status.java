package org.pellucid.api;

/**
 * What a saliency map amounts to.
 *
 * @since 0.1.0
 */
public enum Status {
  /** It has positive and differing values. */
  OK,
  /** No cell is positive: nothing at this layer speaks for the target. */
  NO_POSITIVE_EVIDENCE,
  /** All cells are equal and positive. */
  FLAT,
  /** The activations or gradients are all zero or not finite, so there is nothing to show. */
  DEGENERATE
}
