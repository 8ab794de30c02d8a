package org.pellucid.api;

/**
 * Whose derivatives are averaged over noisy copies: those of the logit S, or those of exp(S).
 *
 * @since 0.1.0
 */
public enum ScoreScale {
  /** The logit; every copy counts the same. */
  LOGIT,
  /** exp(S): each copy is weighted by exp(S_m - max S), divided by the sum of weights. */
  EXP
}
