package org.pellucid.graph.op;

import java.util.List;

/**
 * Mean of each window. The divisor is the number of elements inside the input, or with
 * countIncludePad inside the input and its declared padding (never what ceilMode adds beyond).
 * Input: x [N, C, spatial...].
 *
 * @param kernel window length per spatial axis
 * @param strides step per spatial axis
 * @param dilations distance of window elements
 * @param padsBegin padding before
 * @param padsEnd padding after
 * @param ceilMode as in MaxPool
 * @param countIncludePad whether padding counts in the divisor
 */
public record AveragePool(
    List<Integer> kernel,
    List<Integer> strides,
    List<Integer> dilations,
    List<Integer> padsBegin,
    List<Integer> padsEnd,
    boolean ceilMode,
    boolean countIncludePad)
    implements Unfinished {}
