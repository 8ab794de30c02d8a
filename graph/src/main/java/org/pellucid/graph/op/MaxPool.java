package org.pellucid.graph.op;

import java.util.List;

/**
 * Largest element of each window, padding never chosen. A tie goes to the first element in window
 * order (row-major), also for the gradient. Input: x [N, C, spatial...].
 *
 * @param kernel window length per spatial axis
 * @param strides step per spatial axis
 * @param dilations distance of window elements
 * @param padsBegin padding before
 * @param padsEnd padding after
 * @param ceilMode whether a last window that does not fit is kept (only if it starts inside the
 *     input or the padding before it, as PyTorch and ONNX do)
 */
public record MaxPool(
    List<Integer> kernel,
    List<Integer> strides,
    List<Integer> dilations,
    List<Integer> padsBegin,
    List<Integer> padsEnd,
    boolean ceilMode)
    implements Unfinished {}
