package org.pellucid.core;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Shape;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.UnsupportedModelException;
import org.pellucid.graph.op.Tile;

class MachineMemoryTest {
  @Test
  void tensorsThatFitNowhereAreRefused() {
    ModelGraph graph =
        ModelGraph.of(
            Map.of("x", new TensorType(ElementType.FLOAT32, Shape.of(1, 4))),
            Map.of(),
            List.of(new Node("tile", new Tile(List.of(1, 1 << 20)), List.of("x"), "y", "")),
            List.of("y"),
            Map.of());
    assertThatCode(() -> MachineMemory.require(graph)).doesNotThrowAnyException();
    assertThatCode(() -> MachineMemory.require(graph, 16 << 20)).doesNotThrowAnyException();
    assertThatThrownBy(() -> MachineMemory.require(graph, (16 << 20) - 1))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("\"tile\"")
        .hasMessageContaining("16 MiB, more than the memory of this machine, 15 MiB");
  }
}
