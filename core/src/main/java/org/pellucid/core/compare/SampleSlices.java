package org.pellucid.core.compare;

import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** Takes batches of samples apart and puts them together, along the axis that stacks them. */
final class SampleSlices {
  private SampleSlices() {}

  /**
   * One sample's part of a tensor, in float64.
   *
   * @param axis that stacks the samples; negative where the tensor is the same for all
   */
  static Tensor slice(Tensor batch, int axis, int samples, int sample) {
    double[] all = batch.toDoubleArray();
    if (axis < 0 || samples == 1) {
      return Tensor.of(batch.shape(), all);
    }
    Shape shape = batch.shape().with(axis, batch.shape().dim(axis) / samples);
    int run = (int) shape.sizeOf(axis, shape.rank());
    double[] one = new double[(int) shape.size()];
    for (int outer = 0; outer * run < one.length; outer++) {
      System.arraycopy(all, (outer * samples + sample) * run, one, outer * run, run);
    }
    return Tensor.of(shape, one);
  }

  /** Puts a sample's part into the elements of a batch. */
  static void place(Tensor one, double[] all, int axis, int samples, int sample) {
    double[] elements = one.toDoubleArray();
    int run = (int) one.shape().sizeOf(Math.max(0, axis), one.shape().rank());
    for (int outer = 0; outer * run < elements.length; outer++) {
      System.arraycopy(elements, outer * run, all, (outer * samples + sample) * run, run);
    }
  }
}
