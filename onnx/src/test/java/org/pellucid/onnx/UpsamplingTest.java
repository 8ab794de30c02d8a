package org.pellucid.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

class UpsamplingTest {
  private static final Tensor X = Tensor.of(Shape.of(1, 2, 1, 2), 1f, 2f, 3f, 4f);
  private static final double[] REPEATED = {
    1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 3, 3, 3, 4, 4, 4
  };

  @TempDir Path directory;

  @Test
  void eachElementStandsSeveralTimes() {
    Tensor repeated = new Upsampling(List.of(2, 3)).evaluate(List.of(X));
    assertThat(repeated.shape()).isEqualTo(Shape.of(1, 2, 2, 6));
    assertThat(repeated.toDoubleArray()).containsExactly(REPEATED);
  }

  @Test
  void isWrittenAsWhatIsReadAsTheSame() throws IOException {
    ModelGraph graph =
        ModelGraph.of(
            Map.of("x", new TensorType(ElementType.FLOAT32, X.shape())),
            Map.of(),
            List.of(new Node("y", new Upsampling(List.of(2, 3)), List.of("x"), "y", "")),
            List.of("y"),
            Map.of());
    for (int opset : new int[] {WriteOptions.OLDEST_OPSET, WriteOptions.NEWEST_OPSET}) {
      Path file = directory.resolve(opset + ".onnx");
      Files.write(file, OnnxWriter.bytes(graph, WriteOptions.DEFAULT.withOpset(opset)));
      ModelGraph read = new OnnxImporter().read(file, ImportOptions.DEFAULT);
      assertThat(new ReferenceInterpreter(read).run(Map.of("x", X), Set.of("y")).get("y"))
          .extracting(Tensor::toDoubleArray)
          .isEqualTo(REPEATED);
    }
  }

  @Test
  void everySpatialAxisHasAFactor() {
    assertThatThrownBy(() -> new Upsampling(List.of(2)).infer(List.of(X.type())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[1, 2, 1, 2]");
    assertThatThrownBy(() -> new Upsampling(List.of(0, 1)).infer(List.of(X.type())))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
