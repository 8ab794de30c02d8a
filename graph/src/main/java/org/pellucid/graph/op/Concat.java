package org.pellucid.graph.op;

/**
 * Inputs one after another along an axis.
 *
 * @param axis from 0
 */
public record Concat(int axis) implements Unfinished {}
