package org.pellucid.graph.op;

/**
 * Index (int64) of the largest element along an axis, the first of equals unless selectLast. Not
 * differentiable.
 *
 * @param axis from 0
 * @param keepDims whether the axis stays with length 1
 * @param selectLast whether the last of equals is chosen
 */
public record ArgMax(int axis, boolean keepDims, boolean selectLast) implements Unfinished {}
