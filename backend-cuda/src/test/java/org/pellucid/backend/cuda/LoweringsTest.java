package org.pellucid.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.pellucid.graph.op.Operations;

class LoweringsTest {
  @Test
  void everyOperationHasALowering() {
    assertThat(Lowerings.all().operations()).containsExactlyInAnyOrderElementsOf(Operations.all());
  }
}
