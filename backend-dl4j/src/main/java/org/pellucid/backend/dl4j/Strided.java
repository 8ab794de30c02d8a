package org.pellucid.backend.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Parts of arrays, without a copy. */
final class Strided {
  private Strided() {}

  /**
   * A strided part of an array that lies without gaps at the beginning of its memory.
   *
   * @param starts first index per axis
   * @param sizes how many per axis
   * @param steps step per axis, at least 1
   */
  static INDArray part(INDArray array, long[] starts, long[] sizes, long[] steps) {
    long[] strides = new long[sizes.length];
    long offset = 0;
    long stride = 1;
    for (int a = sizes.length - 1; a >= 0; a--) {
      strides[a] = stride * steps[a];
      offset += stride * starts[a];
      stride *= array.size(a);
    }
    return Nd4j.create(array.data(), sizes, strides, offset, 'c', array.dataType());
  }

  /** A part of one axis, the others whole. */
  static INDArray part(INDArray array, int axis, long start, long size) {
    long[] starts = new long[array.rank()];
    long[] sizes = array.shape().clone();
    starts[axis] = start;
    sizes[axis] = size;
    return part(array, starts, sizes, ones(sizes.length));
  }

  /** So many ones. */
  static long[] ones(int count) {
    long[] ones = new long[count];
    java.util.Arrays.fill(ones, 1);
    return ones;
  }
}
