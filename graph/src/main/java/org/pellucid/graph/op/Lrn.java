package org.pellucid.graph.op;

/**
 * Local response normalisation across channels (ONNX LRN): y = x / (bias + alpha / size * sum of
 * x^2 over the window of channels)^beta, the window reaching from c - floor((size-1)/2) to c +
 * ceil((size-1)/2). Input: x [N, C, ...].
 *
 * @param size number of channels in the window
 * @param alpha scale
 * @param beta exponent
 * @param bias offset
 */
public record Lrn(int size, double alpha, double beta, double bias) implements Unfinished {}
