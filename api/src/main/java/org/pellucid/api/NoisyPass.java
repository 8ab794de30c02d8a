package org.pellucid.api;

import java.util.Map;
import org.pellucid.graph.Tensor;

/**
 * A forward pass whose engine can sum the powers of gradients by itself.
 *
 * @since 0.1.0
 */
public interface NoisyPass extends ForwardPass {
  /**
   * Takes gradients as {@link #backward} does, and adds the powers of each sample's to sums,
   * without bringing them to Java memory. When it fails, the sums are as they were, and factors
   * were not asked for; except where the engine itself breaks down while it adds.
   *
   * @param seeds as for {@link #backward}
   * @param sums by tap of the pass, of the same model
   * @param factors how each of the pass's samples is added
   * @throws InvalidRequestException as {@link #backward}
   */
  void addPowers(Map<Tap, Tensor> seeds, Map<Tap, PowerSums> sums, PowerSums.Factors factors);
}
