package org.pellucid.api;

/**
 * Feature maps in a tensor that an engine may hold.
 *
 * @param tensor of one sample
 * @param layout where the elements, in the order [K, spatial...], lie in it
 * @since 0.1.0
 */
public record HeldMaps(HeldTensor tensor, FeatureMaps layout) {}
