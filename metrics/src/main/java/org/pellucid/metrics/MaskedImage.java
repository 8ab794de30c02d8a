package org.pellucid.metrics;

import org.pellucid.api.Inputs;
import org.pellucid.api.Trial;
import org.pellucid.graph.Tensor;

/** The image times its map: what average drop, increase and gain show the network. */
final class MaskedImage implements Inputs {
  private final Tensor image;
  private final Tensor map;

  /** What tells it from others of the same image; the map is one object per trial. */
  private record Masked(Object map) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Masked masked && masked.map == map;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(map);
    }
  }

  private MaskedImage(Tensor image, Tensor map) {
    this.image = image;
    this.map = map;
  }

  /** The probability of the explained class for the masked image; run once for all who ask. */
  static double confidence(Trial trial) {
    return trial.confidences(new MaskedImage(trial.probe().inputMaps(), trial.shown()))[0];
  }

  @Override
  public int count() {
    return 1;
  }

  @Override
  public Tensor get(int index) {
    double[] pixels = image.toDoubleArray();
    double[] mask = map.toDoubleArray();
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] *= mask[i % mask.length];
    }
    return Tensor.of(image.shape(), pixels);
  }

  @Override
  public java.util.Optional<Object> identity() {
    return java.util.Optional.of(new Masked(map));
  }
}
