package org.pellucid.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** One sample's scores and layers in a pass that has run forward and backward. */
final class SampleLayers {
  private final ForwardPass pass;
  private final double[] scores;
  private final Map<Tap, Tensor> gradients;
  private final Map<Tap, FeatureMaps> maps;
  private final int sample;

  SampleLayers(
      ForwardPass pass,
      double[] scores,
      Map<Tap, Tensor> gradients,
      Map<Tap, FeatureMaps> maps,
      int sample) {
    this.pass = pass;
    this.scores = scores;
    this.gradients = gradients;
    this.maps = maps;
    this.sample = sample;
  }

  /** Its scores; not to be changed. */
  double[] scores() {
    return scores;
  }

  /** K and the spatial lengths. */
  Shape shape(Tap tap) {
    return maps.get(tap).shape();
  }

  /** The gradients, [K, spatial...]. */
  ArrayAlgebra.Field gradients(Tap tap) {
    return maps.get(tap).fieldOfSample(gradients.get(tap), sample);
  }

  /** Activations and gradients, [K, spatial...]. */
  LayerCapture capture(Tap tap, double score) {
    FeatureMaps layer = maps.get(tap);
    return new LayerCapture(
        tap,
        layer.shape(),
        layer.fieldOfSample(pass.activation(tap), sample),
        layer.fieldOfSample(gradients.get(tap), sample),
        score);
  }

  /** The same of several layers, as arrays of their own: what else ran with the sample may go. */
  List<LayerCapture> copied(Set<Tap> taps, double score) {
    return taps.stream()
        .map(tap -> capture(tap, score))
        .map(
            layer ->
                new LayerCapture(
                    layer.tap(), layer.shape(), layer.activations(), layer.gradients(), score))
        .toList();
  }

  /** Activations and gradients of several layers. */
  Map<Tap, LayerCapture> captures(Set<Tap> taps, double score) {
    Map<Tap, LayerCapture> captures = new LinkedHashMap<>();
    taps.forEach(tap -> captures.put(tap, capture(tap, score)));
    return captures;
  }
}
