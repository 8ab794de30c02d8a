package org.pellucid.graph.op;

/**
 * Slices of data at indices along an axis: output shape is data[:axis] + indices shape +
 * data[axis+1:]. Inputs: data, indices (int64; negative ones count from the end).
 *
 * @param axis from 0
 */
public record Gather(int axis) implements Unfinished {}
