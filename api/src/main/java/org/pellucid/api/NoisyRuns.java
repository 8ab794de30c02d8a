package org.pellucid.api;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.pass.FeatureMapAxes;

/**
 * What an engine does of averages over noisy copies by itself, so that neither the copies nor their
 * gradients go through Java memory; of a {@link LoadedModel}, and safe for use by several threads.
 *
 * @since 0.1.0
 */
public interface NoisyRuns {
  /**
   * As {@link LoadedModel#forward}, with copies of one input that the engine makes, bit for bit
   * those of {@link NoisyInputs#get}.
   *
   * @param batch which copies of which input
   * @param others the model's other inputs, for as many samples
   */
  NoisyPass forward(
      Batch batch, Map<String, Tensor> others, Set<Tap> taps, Optional<Expectation> expected);

  /**
   * Takes gradients of a pass of one sample as {@link ForwardPass#backward} does, and leaves them
   * and the activations in the engine beyond the pass, as far as it holds them; see {@link
   * HeldTensor}. By default they come to Java memory at once.
   *
   * @param pass of the same model
   * @param seeds as for {@link ForwardPass#backward}
   * @param taps of the pass
   */
  default Map<Tap, HeldLayer> hold(ForwardPass pass, Map<Tap, Tensor> seeds, Set<Tap> taps) {
    Map<Tap, Tensor> gradients = pass.backward(seeds, taps);
    Map<Tap, HeldLayer> layers = new LinkedHashMap<>();
    for (Tap tap : taps) {
      Optional<Tensor> activations = Optional.of(pass.activation(tap));
      Optional<Tensor> gradient = Optional.of(gradients.get(tap));
      layers.put(tap, new HeldLayer(() -> activations, () -> gradient));
    }
    return layers;
  }

  /**
   * Sums of nothing yet.
   *
   * @param tap whose gradients will be added
   * @param axes how feature maps lie in the tap's tensor
   * @param groups how many groups of samples have sums of their own; 0 for none
   */
  PowerSums sums(Tap tap, FeatureMapAxes axes, int groups);

  /**
   * Some copies of an input.
   *
   * @param input its name
   * @param copies all of them
   * @param from the first that is meant
   * @param count how many, at least 1
   */
  record Batch(String input, NoisyInputs copies, int from, int count) {}
}
