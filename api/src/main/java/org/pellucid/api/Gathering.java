package org.pellucid.api;

import java.util.Map;

/**
 * What a method adds up, for one target, of the activations and gradients of variants of the input:
 * given to {@link ModelProbe#gathered}, which calls it sample by sample in order, and not again
 * once it is handed back.
 *
 * @since 0.1.0
 */
public interface Gathering {
  /**
   * Adds the next sample.
   *
   * @param captures one per tap that was asked for, all with the sample's score
   */
  void add(Map<Tap, LayerCapture> captures);

  /** How many bytes it holds, about: several targets gather at once as far as memory allows. */
  long bytes();

  /** Whether the first of the samples may do. */
  default boolean mayStop() {
    return false;
  }

  /**
   * Whether the samples so far do: asked at the numbers of {@link SampleSteps}, where the first may
   * do and more are left.
   */
  default boolean suffices() {
    return false;
  }
}
