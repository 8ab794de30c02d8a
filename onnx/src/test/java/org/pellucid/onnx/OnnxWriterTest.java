package org.pellucid.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.pellucid.graph.op.Operations;

class OnnxWriterTest {
  @Test
  void everyOperationCanBeWritten() {
    assertThat(Encoders.operations()).containsExactlyInAnyOrderElementsOf(Operations.all());
  }
}
