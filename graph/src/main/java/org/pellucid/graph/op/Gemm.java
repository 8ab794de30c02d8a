package org.pellucid.graph.op;

/**
 * alpha * A' B' + beta * C with A' = A or its transpose, likewise B'. Inputs: A and B of rank 2,
 * optionally C that broadcasts to the result [rows, columns].
 *
 * @param alpha factor of the product
 * @param beta factor of C
 * @param transposeA whether A is given transposed
 * @param transposeB whether B is given transposed, as [columns, depth]
 */
public record Gemm(double alpha, double beta, boolean transposeA, boolean transposeB)
    implements Unfinished {}
