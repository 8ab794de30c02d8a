package org.pellucid.api;

import java.util.Map;

/**
 * Takes what a probe finds of each input, in the order of the inputs.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface CaptureConsumer {
  /**
   * Takes one sample.
   *
   * @param index of the input
   * @param captures a capture per tap that was asked for, all with the sample's score
   */
  void accept(int index, Map<Tap, LayerCapture> captures);
}
