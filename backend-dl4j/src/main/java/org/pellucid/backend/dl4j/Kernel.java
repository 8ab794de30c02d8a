package org.pellucid.backend.dl4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.pellucid.graph.Operation;

/** How one operation is done with ND4J. */
@FunctionalInterface
interface Kernel<O extends Operation> {
  /**
   * Computes the output.
   *
   * @return a new array made by the call, of the output's type; what else the call made is closed
   */
  INDArray run(O operation, Call call);
}
