package org.pellucid.graph.op;

/**
 * exp(x - max) / sum over one axis (opset 13 rule; older forms are flattened before).
 *
 * @param axis from 0
 */
public record Softmax(int axis) implements Unfinished {}
