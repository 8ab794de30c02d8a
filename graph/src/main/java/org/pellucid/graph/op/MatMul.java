package org.pellucid.graph.op;

/**
 * Matrix product with NumPy's rules: batch axes broadcast, operands of rank 1 are vectors. Inputs:
 * A, B.
 */
public record MatMul() implements Unfinished {}
