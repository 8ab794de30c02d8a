package org.pellucid.graph.op;

/**
 * Logarithm of Softmax over one axis.
 *
 * @param axis from 0
 */
public record LogSoftmax(int axis) implements Unfinished {}
