package org.pellucid.graph.op;

import java.util.List;

/**
 * A strided part: along each axis, output i is input start + i * step. Complete for all axes of the
 * input.
 *
 * @param starts first index per axis, in range
 * @param sizes output length per axis
 * @param steps step per axis, negative to go backwards, never 0
 */
public record Slice(List<Integer> starts, List<Integer> sizes, List<Integer> steps)
    implements Unfinished {}
