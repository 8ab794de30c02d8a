package org.pellucid.api;

import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * One sample's part of a tensor in which samples are stacked along an axis, the sample being the
 * outermost factor of its length.
 *
 * @param axis where samples are stacked; not looked at when there is one sample
 */
record SampleAxis(int axis) {
  /** A sample's elements, row-major. */
  double[] ofSample(Tensor batch, int samples, int sample) {
    int outer = outer(batch.shape(), samples);
    int run = batch.size() / outer / samples;
    double[] elements = new double[outer * run];
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < run; i++) {
        elements[o * run + i] = batch.get((o * samples + sample) * run + i);
      }
    }
    return elements;
  }

  /** Puts a sample's elements in their places. */
  void place(double[] elements, double[] batch, Shape shape, int samples, int sample) {
    int outer = outer(shape, samples);
    int run = elements.length / outer;
    for (int o = 0; o < outer; o++) {
      System.arraycopy(elements, o * run, batch, (o * samples + sample) * run, run);
    }
  }

  private int outer(Shape shape, int samples) {
    return samples == 1 ? 1 : Math.toIntExact(shape.sizeOf(0, axis));
  }
}
