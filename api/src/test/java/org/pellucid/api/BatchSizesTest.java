package org.pellucid.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Shape;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Unary;
import org.pellucid.graph.pass.Batching;

/** Sizes of batches follow device, tensors, taps and memory. */
class BatchSizesTest {
  /** A node "large" of length x length floats, its sum "small", and "end". */
  private static ModelGraph graph(int samples, int length) {
    Map<String, TensorType> inputs = new LinkedHashMap<>();
    inputs.put("x", new TensorType(ElementType.FLOAT32, Shape.of(samples, 1, length, length)));
    List<Node> nodes =
        List.of(
            new Node("large", new Unary.Relu(), List.of("x"), "large", ""),
            new Node(
                "small", new Reduce.ReduceSum(List.of(2, 3), false), List.of("large"), "small", ""),
            new Node("end", new Unary.Relu(), List.of("small"), "end", ""));
    return ModelGraph.of(inputs, Map.of(), nodes, List.of("end"), Map.of());
  }

  private static BatchSizes sizes(ModelGraph graph, LoadOptions options, Set<String> taps) {
    return BatchSizes.of(graph, Batching.of(graph), options, taps);
  }

  @Test
  void onACpuLargeTensorsGoOneByOneUpToTheTapAndTogetherAfterIt() {
    // 16 MiB per sample.
    ModelGraph graph = graph(1, 2048);
    assertThat(sizes(graph, LoadOptions.DEFAULT, Set.of("small"))).isEqualTo(new BatchSizes(1, 26));
    // An image and its 25 copies in one run, a thousand in runs that need less memory.
    assertThat(new BatchSizes(1, 26).suffixOf(26)).isEqualTo(26);
    assertThat(new BatchSizes(1, 26).suffixOf(27)).isEqualTo(16);
    assertThat(new BatchSizes(1, 9).suffixOf(27)).isEqualTo(9);
    assertThat(new BatchSizes(32, 32).suffixOf(1000)).isEqualTo(32);
    // What is stacked for the tap is large itself.
    assertThat(sizes(graph, LoadOptions.DEFAULT, Set.of("large")).suffix()).isEqualTo(1);
    assertThat(sizes(graph, LoadOptions.DEFAULT, Set.of("x")).suffix()).isEqualTo(1);
    assertThat(sizes(graph, LoadOptions.DEFAULT, Set.of()).suffix()).isEqualTo(1);
  }

  @Test
  void smallTensorsGoInFives() {
    ModelGraph graph = graph(1, 256);
    assertThat(sizes(graph, LoadOptions.DEFAULT, Set.of("small"))).isEqualTo(new BatchSizes(5, 26));
    assertThat(sizes(graph, LoadOptions.DEFAULT, Set.of("x")).suffix()).isEqualTo(5);
    assertThat(sizes(graph, LoadOptions.DEFAULT, Set.of()).suffix()).isEqualTo(5);
  }

  @Test
  void elementsOfDoubleWidthHalveTheSizes() {
    // 6.25 MiB per sample in float32.
    ModelGraph graph = graph(1, 1280);
    assertThat(sizes(graph, LoadOptions.DEFAULT, Set.of("small")).prefix()).isEqualTo(3);
    LoadOptions exact = LoadOptions.DEFAULT.with(Precision.FLOAT64);
    assertThat(sizes(graph, exact, Set.of("small")).prefix()).isEqualTo(1);
  }

  @Test
  void sizesAreOfSamplesWhateverTheGraphWasWrittenFor() {
    LoadOptions options = LoadOptions.DEFAULT.withMemoryBudget(12L << 20);
    assertThat(sizes(graph(4, 1024), options, Set.of("small")))
        .isEqualTo(sizes(graph(1, 1024), options, Set.of("small")));
  }

  @Test
  void batchesFitTheMemoryBudget() {
    ModelGraph graph = graph(1, 256);
    LoadOptions none = LoadOptions.DEFAULT.withMemoryBudget(1);
    assertThat(sizes(graph, none, Set.of("small"))).isEqualTo(new BatchSizes(1, 1));
    // 256 KiB per sample before the tap, a few bytes after it.
    LoadOptions little = LoadOptions.DEFAULT.withMemoryBudget(600 << 10);
    assertThat(sizes(graph, little, Set.of("small"))).isEqualTo(new BatchSizes(2, 26));
  }

  @Test
  void onAGpuBothPartsGoTogether() {
    LoadOptions gpu = LoadOptions.DEFAULT.with(Device.gpu(0));
    assertThat(sizes(graph(1, 256), gpu, Set.of("small"))).isEqualTo(new BatchSizes(32, 32));
    assertThat(sizes(graph(1, 256), gpu.withMemoryBudget(1 << 20), Set.of("small")))
        .isEqualTo(new BatchSizes(3, 3));
  }

  @Test
  void samplesThatMixAreNotCut() {
    Map<String, TensorType> inputs =
        Map.of("x", new TensorType(ElementType.FLOAT32, Shape.of(2, 3)));
    List<Node> nodes =
        List.of(
            new Node("sum", new Reduce.ReduceSum(List.of(0), true), List.of("x"), "sum", ""),
            new Node("end", new Unary.Relu(), List.of("sum"), "end", ""));
    ModelGraph graph = ModelGraph.of(inputs, Map.of(), nodes, List.of("end"), Map.of());
    assertThat(sizes(graph, LoadOptions.DEFAULT, Set.of("sum"))).isEqualTo(new BatchSizes(2, 2));
  }
}
