package org.pellucid.it.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Tensor;
import org.pellucid.onnx.OnnxImporter;

/** Every ONNX operator, imported and interpreted in double precision, against ONNX Runtime. */
class OnnxOperationsTest {
  /**
   * Relative to the largest element of an output: ONNX Runtime computes in float32, whose rounding
   * error (6e-8) grows with the number of terms, here at most some hundred. Outputs that are small
   * are differences of numbers of about 1, and are judged by that.
   */
  private static final double TOLERANCE = 5e-6;

  @TempDir static Path directory;

  static List<OperationCase> cases() {
    return OperationCases.all();
  }

  @Test
  void everyOperatorHasCases() {
    Set<String> covered = cases().stream().map(OperationCase::operator).collect(Collectors.toSet());
    assertThat(covered).containsExactlyInAnyOrderElementsOf(OnnxImporter.operators());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void agreesWithOnnxRuntime(OperationCase one) throws IOException, OrtException {
    Map<String, Tensor> expected = OnnxRuntimeOracle.run(one.oracle(), one.inputs());
    Path file = Files.write(directory.resolve("model.onnx"), one.model());
    ModelGraph graph = new OnnxImporter().read(file, ImportOptions.DEFAULT);
    Map<String, Tensor> found =
        new ReferenceInterpreter(graph).run(one.inputs(), Set.copyOf(graph.outputs()));
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    for (String output : graph.outputs()) {
      assertThat(graph.type(output).shape()).isEqualTo(expected.get(output).shape());
      check(output, found.get(output), expected.get(output));
    }
  }

  static void check(String output, Tensor found, Tensor expected) {
    assertThat(found.shape()).as(output).isEqualTo(expected.shape());
    boolean floating = expected.elementType().isFloating();
    assertThat(found.elementType().isFloating()).as(output).isEqualTo(floating);
    assertThat(found.elementType() == ElementType.BOOL)
        .as(output)
        .isEqualTo(expected.elementType() == ElementType.BOOL);
    double largest = 0.1;
    for (int i = 0; i < expected.size(); i++) {
      largest = Math.max(largest, Math.abs(expected.get(i)));
    }
    for (int i = 0; i < expected.size(); i++) {
      double error = Math.abs(found.get(i) - expected.get(i));
      // Written so that NaN fails.
      if (!(error <= (floating ? TOLERANCE * largest : 0))) {
        fail(
            "%s at %d: %s instead of %s, where the largest is %s",
            output, i, found.get(i), expected.get(i), largest);
      }
    }
  }
}
