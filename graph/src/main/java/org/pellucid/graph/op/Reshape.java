package org.pellucid.graph.op;

import org.pellucid.graph.Shape;

/**
 * The same elements in row-major order in another shape (also Flatten, Squeeze, Unsqueeze).
 *
 * @param shape the output's shape
 */
public record Reshape(Shape shape) implements Unfinished {}
