package org.pellucid.methods;

import org.pellucid.api.Algebra;

/**
 * What a formula makes weights of.
 *
 * @param activations A, maps by cells
 * @param first D_1 of g / scale, the average of its first power; the gradient itself where there is
 *     one sample
 * @param second D_2 of g / scale
 * @param third D_3 of g / scale
 * @param scale a positive number that keeps the powers from underflow
 * @param weightCells 1 for the cells that the outer sum over cells runs over, otherwise 0
 * @param <T> a value of the algebra
 */
record LayerTerms<T>(T activations, T first, T second, T third, T scale, T weightCells) {
  /** The terms of one sample: its gradient's own powers. */
  static <T> LayerTerms<T> of(Algebra<T> algebra, T activations, T gradients, T weightCells) {
    T scale = algebra.scaleOf(gradients);
    T first = algebra.div(gradients, scale);
    T second = algebra.mul(first, first);
    T third = algebra.mul(second, first);
    return new LayerTerms<>(activations, first, second, third, scale, weightCells);
  }
}
