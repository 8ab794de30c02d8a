package org.pellucid.graph.op;

import java.util.List;

/**
 * Convolution (cross-correlation) over 1 to 3 spatial axes, as ONNX defines Conv. Inputs: x [N, C,
 * spatial...], weight [M, C/groups, kernel...], optionally bias [M].
 *
 * @param strides step per spatial axis
 * @param dilations distance of kernel elements per spatial axis
 * @param padsBegin zeros before, per spatial axis
 * @param padsEnd zeros after, per spatial axis
 * @param groups number of groups; C and M are multiples
 */
public record Conv(
    List<Integer> strides,
    List<Integer> dilations,
    List<Integer> padsBegin,
    List<Integer> padsEnd,
    int groups)
    implements Unfinished {}
