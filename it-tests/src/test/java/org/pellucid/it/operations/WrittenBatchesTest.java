package org.pellucid.it.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.UnsupportedModelException;
import org.pellucid.graph.op.Operations;
import org.pellucid.graph.pass.Batching;
import org.pellucid.onnx.OnnxImporter;
import org.pellucid.onnx.OnnxWriter;
import org.pellucid.onnx.WriteOptions;

/**
 * Whatever keeps samples apart can be written for any number of them: ONNX Runtime runs the one
 * file for one stack of samples and for three, and answers as for each alone.
 */
class WrittenBatchesTest {
  /** Several samples may be multiplied by another kernel than one: float32 rounds to 6e-8. */
  private static final double ROUNDING = 2e-6;

  /** Operators whose cases hold what no single operation is a case of. */
  private static final Set<String> OF_MODELS =
      Set.of("Concat", "Expand", "Gather", "QuantizeLinear", "Reshape", "Where");

  @TempDir Path directory;

  /** A graph with inputs. */
  private record Written(String name, ModelGraph graph, Map<String, Tensor> inputs) {}

  @ParameterizedTest
  @ValueSource(ints = {16, WriteOptions.NEWEST_OPSET})
  void anyNumberOfSamples(int opset) throws IOException, OrtException {
    WriteOptions options = WriteOptions.DEFAULT.withOpset(opset).withSymbolicBatch();
    Set<Class<? extends Operation>> together = new HashSet<>();
    for (Written one : cases()) {
      Batching batching = Batching.of(one.graph());
      if (one.inputs().isEmpty()) {
        continue;
      }
      if (batching.obstacle().isPresent()) {
        assertThatThrownBy(() -> OnnxWriter.bytes(one.graph(), options))
            .isInstanceOf(UnsupportedModelException.class)
            .hasMessageContaining(batching.obstacle().get());
        continue;
      }
      one.graph().nodes().forEach(node -> together.add(node.operation().getClass()));
      check(one, batching, OnnxWriter.bytes(one.graph(), options));
    }
    assertThat(together).containsExactlyInAnyOrderElementsOf(Operations.all());
  }

  private List<Written> cases() throws IOException {
    List<Written> cases = new ArrayList<>();
    for (org.pellucid.testkit.OperationCase one : org.pellucid.testkit.OperationCases.of(5)) {
      ModelGraph graph = one.graph();
      Map<String, Tensor> inputs = new LinkedHashMap<>();
      one.feeds()
          .forEach((name, value) -> inputs.put(name, value.cast(graph.type(name).elementType())));
      cases.add(new Written(one.toString(), graph, inputs));
    }
    for (OperationCase one : OperationCases.all()) {
      if (OF_MODELS.contains(one.operator())) {
        Path file = Files.write(directory.resolve("model.onnx"), one.model());
        ModelGraph graph = new OnnxImporter().read(file, ImportOptions.DEFAULT);
        cases.add(new Written(one.name(), graph, one.inputs()));
      }
    }
    return cases;
  }

  /** Three stacks: the inputs as they are, and with their elements moved round by one and two. */
  private static void check(Written one, Batching batching, byte[] model) throws OrtException {
    Map<String, Tensor> stacked = new LinkedHashMap<>();
    List<Map<String, Tensor>> alone =
        List.of(new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
    one.inputs()
        .forEach(
            (name, value) -> {
              for (int i = 0; i < alone.size(); i++) {
                alone.get(i).put(name, moved(value, i));
              }
              stacked.put(name, stacked(alone.stream().map(feeds -> feeds.get(name)).toList(), 0));
            });
    List<Map<String, Tensor>> each = new ArrayList<>();
    for (Map<String, Tensor> feeds : alone) {
      each.add(OnnxRuntimeOracle.run(model, feeds));
    }
    Map<String, Tensor> all = OnnxRuntimeOracle.run(model, stacked);
    for (String output : one.graph().outputs()) {
      List<Tensor> answers = each.stream().map(answer -> answer.get(output)).toList();
      assertThat(answers.get(0).shape()).isEqualTo(one.graph().type(output).shape());
      int axis = batching.axis(output);
      Tensor expected = axis == Samples.NONE ? answers.get(0) : stacked(answers, axis);
      assertThat(all.get(output).type()).as(one.name()).isEqualTo(expected.type());
      double largest = Arrays.stream(expected.toDoubleArray()).map(Math::abs).max().orElse(0);
      for (int i = 0; i < expected.size(); i++) {
        assertThat(all.get(output).get(i))
            .as(one.name())
            .isCloseTo(expected.get(i), within(ROUNDING * largest));
      }
    }
  }

  /** The elements in another order, which keeps them in an operation's domain. */
  private static Tensor moved(Tensor value, int places) {
    double[] elements = value.toDoubleArray();
    for (int i = 0; i < elements.length; i++) {
      elements[i] = value.get((i + places) % elements.length);
    }
    return Tensor.of(value.shape(), elements).cast(value.elementType());
  }

  /** Tensors of one shape, one after the other along an axis. */
  private static Tensor stacked(List<Tensor> parts, int axis) {
    Shape shape = parts.get(0).shape();
    int block = (int) shape.sizeOf(axis, shape.rank());
    double[] elements = new double[parts.size() * parts.get(0).size()];
    for (int i = 0; i < elements.length; i++) {
      int part = i / block % parts.size();
      elements[i] = parts.get(part).get(i / block / parts.size() * block + i % block);
    }
    return Tensor.of(shape.with(axis, parts.size() * shape.dim(axis)), elements)
        .cast(parts.get(0).elementType());
  }
}
