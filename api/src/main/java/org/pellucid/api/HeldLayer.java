package org.pellucid.api;

/**
 * A layer of one sample in an engine: activations A, and g = dS/dA.
 *
 * @param activations in the tensor's own shape
 * @param gradients the same
 * @since 0.1.0
 */
public record HeldLayer(HeldTensor activations, HeldTensor gradients) {}
