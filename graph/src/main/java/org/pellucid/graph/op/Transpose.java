package org.pellucid.graph.op;

import java.util.List;

/**
 * Axes in another order: output axis i is input axis permutation[i].
 *
 * @param permutation each axis of the input once
 */
public record Transpose(List<Integer> permutation) implements Unfinished {}
