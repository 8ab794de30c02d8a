package org.pellucid.it.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.pass.Batching;
import org.pellucid.onnx.OnnxImporter;

/**
 * Wherever an imported operator is said to keep samples apart, two batches that travel together
 * answer as each alone.
 */
class OnnxBatchesTest {
  @TempDir Path directory;

  @Test
  void samplesThatTravelTogetherAnswerAsAlone() throws IOException {
    Set<String> together = new HashSet<>();
    Random random = new Random(5);
    for (OperationCase one : OperationCases.all()) {
      Path file = Files.write(directory.resolve("model.onnx"), one.model());
      ModelGraph graph = new OnnxImporter().read(file, ImportOptions.DEFAULT);
      Batching batching = Batching.of(graph);
      if (one.inputs().isEmpty() || batching.obstacle().isPresent()) {
        continue;
      }
      together.add(one.operator());
      Map<String, Tensor> others = new LinkedHashMap<>();
      Map<String, Tensor> both = new LinkedHashMap<>();
      one.inputs()
          .forEach(
              (name, value) -> {
                others.put(name, shuffled(value, random));
                both.put(name, stacked(value, others.get(name), 0));
              });
      Set<String> outputs = Set.copyOf(graph.outputs());
      Map<String, Tensor> first = new ReferenceInterpreter(graph).run(one.inputs(), outputs);
      Map<String, Tensor> second = new ReferenceInterpreter(graph).run(others, outputs);
      ModelGraph twice = batching.at(2 * batching.samples());
      Map<String, Tensor> found = new ReferenceInterpreter(twice).run(both, outputs);
      for (String output : outputs) {
        Tensor expected =
            batching.axis(output) == Samples.NONE
                ? first.get(output)
                : stacked(first.get(output), second.get(output), batching.axis(output));
        assertThat(found.get(output).type()).as(one.name()).isEqualTo(expected.type());
        assertThat(found.get(output).toDoubleArray())
            .as(one.name())
            .containsExactly(expected.toDoubleArray(), within(1e-12));
      }
    }
    // Whatever works on each sample of an image by itself has a case that shows it.
    assertThat(together)
        .contains("Conv", "MaxPool", "AveragePool", "LpPool", "BatchNormalization", "Gemm")
        .contains("LayerNormalization", "GroupNormalization", "InstanceNormalization", "LRN")
        .contains("MatMul", "Concat", "Split", "Slice", "Pad", "Gather", "Transpose", "Reshape")
        .contains("Flatten", "Squeeze", "Unsqueeze", "Expand", "Tile", "DepthToSpace", "Softmax")
        .contains("ReduceMean", "ArgMax", "PRelu", "Add", "Relu");
  }

  /** The same elements in another order, which keeps them in an operator's domain. */
  private static Tensor shuffled(Tensor value, Random random) {
    double[] elements = value.toDoubleArray();
    for (int i = elements.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      double swapped = elements[i];
      elements[i] = elements[j];
      elements[j] = swapped;
    }
    return Tensor.of(value.shape(), elements).cast(value.elementType());
  }

  /** Two tensors, one after the other along an axis. */
  private static Tensor stacked(Tensor first, Tensor second, int axis) {
    Shape shape = first.shape();
    int inner = (int) shape.sizeOf(axis, shape.rank());
    double[] stacked = new double[2 * first.size()];
    for (int block = 0; block < first.size() / Math.max(1, inner); block++) {
      for (int i = 0; i < inner; i++) {
        stacked[2 * block * inner + i] = first.get(block * inner + i);
        stacked[(2 * block + 1) * inner + i] = second.get(block * inner + i);
      }
    }
    return Tensor.of(shape.with(axis, 2 * shape.dim(axis)), stacked).cast(first.elementType());
  }
}
