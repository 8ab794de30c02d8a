package org.pellucid.graph.op;

import org.pellucid.graph.Shape;

/**
 * Broadcast to a shape.
 *
 * @param shape the output's shape, to which the input broadcasts
 */
public record Expand(Shape shape) implements Unfinished {}
