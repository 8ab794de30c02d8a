package org.pellucid.graph.op;

import java.util.List;

/**
 * (x - mean) / sqrt(variance + epsilon), with mean and (biased) variance taken over the given axes
 * of each input: the core of layer, group and instance normalisation, whose scale and bias are Mul
 * and Add after it.
 *
 * @param axes axes over which the statistics are taken, ascending
 * @param epsilon added to the variance
 */
public record Standardize(List<Integer> axes, double epsilon) implements Unfinished {}
