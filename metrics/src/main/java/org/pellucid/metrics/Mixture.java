package org.pellucid.metrics;

import java.nio.FloatBuffer;

/**
 * An image in which the first of its pixels, in some order, are those of another. From one number
 * of them to the next only those between are exchanged. Safe for use by several threads, one of
 * which works at a time.
 */
final class Mixture {
  private final Pixels others;
  private final Pixels image;
  private final int[] order;
  private double[] wide;
  private int wideCount;
  private float[] narrow;
  private int narrowCount;

  /**
   * An image, and what its pixels become.
   *
   * @param order pixels by {@code y * width + x}, each once
   */
  Mixture(Pixels image, Pixels others, int[] order) {
    this.image = image;
    this.others = others;
    this.order = order;
  }

  /** With the first so many of the others'. A new array. */
  synchronized double[] wide(int count) {
    if (wide == null) {
      wide = image.wide().clone();
    }
    double[] from = count > wideCount ? others.wide() : image.wide();
    for (int i = Math.min(count, wideCount); i < Math.max(count, wideCount); i++) {
      for (int place = order[i]; place < wide.length; place += order.length) {
        wide[place] = from[place];
      }
    }
    wideCount = count;
    return wide.clone();
  }

  /** Puts the same, rounded to single precision, where a batch has them. */
  synchronized void put(int count, FloatBuffer batch) {
    if (narrow == null) {
      narrow = image.narrow().clone();
    }
    float[] from = count > narrowCount ? others.narrow() : image.narrow();
    for (int i = Math.min(count, narrowCount); i < Math.max(count, narrowCount); i++) {
      for (int place = order[i]; place < narrow.length; place += order.length) {
        narrow[place] = from[place];
      }
    }
    narrowCount = count;
    batch.put(narrow);
  }
}
