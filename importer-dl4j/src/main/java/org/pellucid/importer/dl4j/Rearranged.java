package org.pellucid.importer.dl4j;

import java.util.List;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Transpose;

/** Weights in another order of axes. */
final class Rearranged {
  private Rearranged() {}

  /**
   * A float32 tensor with permuted axes.
   *
   * @param permutation for each axis of the result, which one of the given tensor it is
   */
  static Tensor of(Tensor tensor, List<Integer> permutation) {
    return new Transpose(permutation).evaluate(List.of(tensor)).cast(tensor.elementType());
  }
}
