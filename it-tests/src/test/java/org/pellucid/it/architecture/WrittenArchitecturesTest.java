package org.pellucid.it.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Concat;
import org.pellucid.graph.pass.Batching;
import org.pellucid.it.operations.OnnxRuntimeOracle;
import org.pellucid.onnx.OnnxImporter;
import org.pellucid.onnx.OnnxWriter;
import org.pellucid.onnx.WriteOptions;

/**
 * Every architecture, read, written and run by ONNX Runtime: the original file's answers; also with
 * the oldest operators, with constants in a file of their own, and for two images at once.
 */
class WrittenArchitecturesTest {
  /**
   * Relative to the largest logit. Both files are computed in float32, which rounds to 6e-8, in the
   * same order but where an operator was taken apart, through up to 200 layers.
   */
  private static final double ROUNDING = 2e-5;

  @TempDir Path directory;

  static Iterable<String> fixtures() {
    return ArchitectureFixture.names();
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void answersAsTheOriginal(String name) throws IOException, OrtException {
    ArchitectureFixture fixture = ArchitectureFixture.of(name);
    ModelGraph graph = fixture.read(directory);
    String input = fixture.input().name();
    String output = graph.outputs().get(0);
    Map<String, Tensor> feeds = Map.of(input, fixture.image(0));
    Tensor expected = OnnxRuntimeOracle.run(directory.resolve("model.onnx"), feeds).get(output);

    Path oldest = directory.resolve("oldest.onnx");
    OnnxWriter.write(graph, oldest, WriteOptions.DEFAULT.withOpset(WriteOptions.OLDEST_OPSET));
    check(OnnxRuntimeOracle.run(oldest, feeds).get(output), expected);

    Path two = directory.resolve("two.onnx");
    boolean together = Batching.of(graph).obstacle().isEmpty();
    WriteOptions options = WriteOptions.DEFAULT.withExternalData();
    OnnxWriter.write(graph, two, together ? options.withSymbolicBatch() : options);
    assertThat(Files.size(two)).isLessThan(Files.size(oldest));
    check(OnnxRuntimeOracle.run(two, feeds).get(output), expected);
    ModelGraph again = new OnnxImporter().read(two, ImportOptions.DEFAULT);
    assertThat(again.outputs()).isEqualTo(graph.outputs());
    assertThat(again.inputs().keySet()).isEqualTo(graph.inputs().keySet());
    // What is the same for all samples is repeated to stand beside each, and folded when read.
    Set<String> kept = new HashSet<>(graph.constants().keySet());
    graph.nodes().stream()
        .filter(node -> node.operation() instanceof Concat)
        .forEach(node -> kept.removeAll(node.inputs()));
    assertThat(again.constants().keySet()).containsAll(kept);
    graph.nodes().forEach(node -> assertThat(again.has(node.output())).isTrue());

    if (together) {
      Tensor second = OnnxRuntimeOracle.run(two, Map.of(input, fixture.image(1))).get(output);
      Tensor both = OnnxRuntimeOracle.run(two, Map.of(input, fixture.images())).get(output);
      double[] elements = both.toDoubleArray();
      check(part(expected, elements, 0), expected);
      check(part(second, elements, 1), second);
    }
  }

  private static Tensor part(Tensor like, double[] elements, int index) {
    int size = like.size();
    return Tensor.of(like.shape(), Arrays.copyOfRange(elements, index * size, (index + 1) * size));
  }

  private static void check(Tensor found, Tensor expected) {
    assertThat(found.shape()).isEqualTo(expected.shape());
    double largest = Arrays.stream(expected.toDoubleArray()).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < expected.size(); i++) {
      // Written so that NaN fails.
      assertThat(Math.abs(found.get(i) - expected.get(i)) <= ROUNDING * largest)
          .as("%s instead of %s", found.get(i), expected.get(i))
          .isTrue();
    }
  }
}
