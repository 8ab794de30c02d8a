package org.pellucid.graph.op;

import java.util.List;

/**
 * The input repeated along each axis.
 *
 * @param repeats count per axis, at least 1
 */
public record Tile(List<Integer> repeats) implements Unfinished {}
