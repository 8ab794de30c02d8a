package org.pellucid.metrics;

import org.pellucid.api.Trial;
import org.pellucid.graph.Tensor;

/**
 * The probability of the explained class for the image, and for the image times its map.
 *
 * @param clean for the image
 * @param masked for the image times the map from 0 to 1
 */
record Confidence(double clean, double masked) {
  private record OfMasked() {}

  /** Asks the network once for all metrics of a map. */
  static Confidence of(Trial trial) {
    return trial.once(
        new OfMasked(),
        Confidence.class,
        () -> {
          Tensor image = trial.probe().inputMaps();
          double[] mask = trial.shown().toDoubleArray();
          Variants masked =
              Variants.of(
                  1,
                  image.shape(),
                  index -> {
                    double[] pixels = image.toDoubleArray();
                    for (int i = 0; i < pixels.length; i++) {
                      pixels[i] *= mask[i % mask.length];
                    }
                    return pixels;
                  });
          return new Confidence(trial.confidence(), trial.confidences(masked)[0]);
        });
  }
}
