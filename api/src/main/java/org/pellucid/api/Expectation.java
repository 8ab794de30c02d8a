package org.pellucid.api;

import java.util.Optional;
import java.util.Set;
import org.pellucid.graph.Tensor;

/**
 * The question about gradients that will probably be asked of a forward pass, said beforehand so
 * that an engine can answer it in the same run. It promises nothing: a pass answers every question
 * that it would answer without an expectation, one that was not expected perhaps by running the
 * network again.
 *
 * @param seeded where the seed stands, an output or tap of the pass
 * @param seed the seed, for all samples of the pass; empty for 1 at the largest element of each
 *     sample, the first of equals, and otherwise 0
 * @param at taps of the pass at which gradients will be asked for
 * @since 0.1.0
 */
public record Expectation(Tap seeded, Optional<Tensor> seed, Set<Tap> at) {
  /** The set is copied. */
  public Expectation {
    at = Set.copyOf(at);
  }

  /** That the gradient of the largest score of each sample will be asked for. */
  public static Expectation top(Tap scores, Set<Tap> at) {
    return new Expectation(scores, Optional.empty(), at);
  }

  /** That gradients will be asked for with a seed that is known. */
  public static Expectation of(Tap seeded, Tensor seed, Set<Tap> at) {
    return new Expectation(seeded, Optional.of(seed), at);
  }
}
