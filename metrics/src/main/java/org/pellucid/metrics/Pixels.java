package org.pellucid.metrics;

import org.pellucid.api.Trial;

/**
 * The elements of an image, channels first, in double and in single precision: what is made of many
 * of them in the precision of the run need not be rounded one by one. Not to be changed.
 */
final class Pixels {
  private final double[] wide;
  private final float[] narrow;

  private record OfImage() {}

  private Pixels(double[] wide) {
    this.wide = wide;
    this.narrow = new float[wide.length];
    for (int i = 0; i < wide.length; i++) {
      narrow[i] = (float) wide[i];
    }
  }

  /** The image of a trial, once for all methods. */
  static Pixels of(Trial trial) {
    return trial.onceForImage(
        new OfImage(), Pixels.class, () -> new Pixels(trial.probe().inputMaps().toDoubleArray()));
  }

  /** Other elements; the array is given away. */
  static Pixels of(double[] elements) {
    return new Pixels(elements);
  }

  /** In double precision. */
  double[] wide() {
    return wide;
  }

  /** Rounded to single precision. */
  float[] narrow() {
    return narrow;
  }
}
