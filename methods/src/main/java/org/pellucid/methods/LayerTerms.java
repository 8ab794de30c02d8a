package org.pellucid.methods;

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
record LayerTerms<T>(T activations, T first, T second, T third, T scale, T weightCells) {}
