package org.pellucid.metrics;

import java.util.Arrays;
import org.pellucid.api.Trial;

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
          double[] pixels = Pixels.of(trial).wide();
          double[] mask = trial.shown().toDoubleArray();
          Variants masked =
              Variants.of(
                      1,
                      trial.probe().inputMaps().shape(),
                      index -> {
                        double[] product = new double[pixels.length];
                        Arrays.setAll(product, i -> pixels[i] * mask[i % mask.length]);
                        return product;
                      })
                  .orNarrow(
                      (index, batch) -> {
                        float[] product = new float[pixels.length];
                        for (int start = 0; start < product.length; start += mask.length) {
                          for (int i = 0; i < mask.length; i++) {
                            product[start + i] = (float) (pixels[start + i] * mask[i]);
                          }
                        }
                        batch.put(product);
                      });
          return new Confidence(trial.confidence(), trial.confidences(masked)[0]);
        });
  }
}
