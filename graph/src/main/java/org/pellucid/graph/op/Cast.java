package org.pellucid.graph.op;

import org.pellucid.graph.ElementType;

/**
 * Another element type, by the rules of Tensor.cast.
 *
 * @param to the output's element type
 */
public record Cast(ElementType to) implements Unfinished {}
