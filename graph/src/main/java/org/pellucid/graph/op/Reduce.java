package org.pellucid.graph.op;

import java.util.List;

/** Reductions over axes; each reduced axis stays with length 1 or is dropped. Input: x. */
public sealed interface Reduce extends Unfinished {
  /** The reduced axes, ascending, from 0; never empty. */
  List<Integer> axes();

  /** Whether reduced axes stay with length 1. */
  boolean keepDims();

  /** Sum. */
  record ReduceSum(List<Integer> axes, boolean keepDims) implements Reduce {}

  /** Arithmetic mean. */
  record ReduceMean(List<Integer> axes, boolean keepDims) implements Reduce {}

  /** Largest element; the gradient is shared evenly between equals, as PyTorch's amax does. */
  record ReduceMax(List<Integer> axes, boolean keepDims) implements Reduce {}

  /** Smallest element; the gradient is shared evenly between equals, as PyTorch's amin does. */
  record ReduceMin(List<Integer> axes, boolean keepDims) implements Reduce {}

  /** Product. */
  record ReduceProd(List<Integer> axes, boolean keepDims) implements Reduce {}
}
