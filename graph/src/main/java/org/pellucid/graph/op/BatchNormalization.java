package org.pellucid.graph.op;

/**
 * Inference-mode batch normalisation: (x - mean) / sqrt(variance + epsilon) * scale + bias, per
 * channel (axis 1). Inputs: x [N, C, ...], scale, bias, mean, variance, each [C].
 *
 * @param epsilon added to the variance
 */
public record BatchNormalization(double epsilon) implements Unfinished {}
