package org.pellucid.backend.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.pellucid.graph.op.Operations;

class KernelsTest {
  @Test
  void everyOperationHasAKernel() {
    assertThat(Kernels.all().operations()).containsExactlyInAnyOrderElementsOf(Operations.all());
  }
}
