package org.pellucid.graph.op;

import java.util.List;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/** Scaffolding while the vocabulary is being written; must be gone at the end. */
interface Unfinished extends Operation {
  @Override
  default TensorType infer(List<TensorType> inputs) {
    throw new UnsupportedOperationException();
  }

  @Override
  default Tensor evaluate(List<Tensor> inputs) {
    throw new UnsupportedOperationException();
  }

  @Override
  default Samples samples(List<TensorType> inputs, int[] axes, int count) {
    throw new UnsupportedOperationException();
  }
}
