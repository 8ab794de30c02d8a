package org.pellucid.backend.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pellucid.backend.onnxruntime.RandomTensors.random;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Tap;
import org.pellucid.api.engine.Executable;
import org.pellucid.api.engine.Value;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Unary;
import org.pellucid.testkit.GraphBuilder;
import org.pellucid.testkit.Networks;

class SharedWeightsTest {
  private static final LoadOptions ONE_THREAD = LoadOptions.DEFAULT.withThreads(1);

  /** Bytes of what is shared here, more than what operators must know to infer shapes. */
  private static final long SMALL = 128;

  private static final WeightSharing NEVER = new WeightSharing(SMALL, Long.MAX_VALUE, 0, null);

  private static final Conv CONV =
      new Conv(List.of(1, 1), List.of(1, 1), List.of(1, 1), List.of(1, 1), 1);

  /** Bytes of a filter from 16 feature maps to 16. */
  private static final long FILTER = 16 * 16 * 9 * Float.BYTES;

  @TempDir Path directory;

  /** Shares the smallest weights, too. */
  static WeightSharing always(Path directory) {
    return new WeightSharing(SMALL, 1, Long.MAX_VALUE, directory);
  }

  private static Tensor filter(int seed) {
    return random(seed, 16, 16, 3, 3);
  }

  /** Two convolutions, one after the other. */
  private static ModelGraph twice(Tensor first, Tensor second) {
    return new GraphBuilder()
        .input("image", 1, 16, 8, 8)
        .constant("v", first)
        .constant("w", second)
        .node("conv", CONV, "image", "v")
        .node("relu", new Unary.Relu(), "conv")
        .node("maps", CONV, "relu", "w")
        .build("maps");
  }

  private static ModelGraph once(Tensor filter) {
    return new GraphBuilder()
        .input("image", 1, 16, 8, 8)
        .constant("w", filter)
        .node("conv", CONV, "image", "w")
        .node("maps", new Unary.Relu(), "conv")
        .build("maps");
  }

  private static OrtEngine engine(WeightSharing sharing) {
    return new OrtEngine(OnnxRuntime.get().environment(), ONE_THREAD, sharing);
  }

  private static double[] maps(OrtEngine engine, Executable executable) {
    try (Value image = engine.value(random(9, 1, 16, 8, 8));
        Value maps = executable.run(Map.of("image", image)).get("maps")) {
      return maps.toTensor().toDoubleArray();
    }
  }

  private static double[] unshared(ModelGraph graph) {
    try (OrtEngine engine = engine(NEVER);
        Executable executable = engine.compile(graph)) {
      assertThat(engine.weights().bytes()).isZero();
      return maps(engine, executable);
    }
  }

  private static List<String> files(Path directory) throws Exception {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(Path::toString).toList();
    }
  }

  @Test
  void graphsOfOneModelShareUntilTheLastIsClosed() {
    Tensor filter = filter(1);
    ModelGraph one = once(filter);
    ModelGraph other = twice(filter, filter(2));
    try (OrtEngine engine = engine(always(directory))) {
      Executable first = engine.compile(one);
      assertThat(engine.weights().bytes()).isEqualTo(FILTER);
      Executable second = engine.compile(other);
      assertThat(engine.weights().bytes()).isEqualTo(2 * FILTER);
      assertThat(maps(engine, first)).containsExactly(unshared(one));
      first.close();
      assertThat(engine.weights().bytes()).isEqualTo(2 * FILTER);
      assertThat(maps(engine, second)).containsExactly(unshared(other));
      second.close();
      assertThat(engine.weights().bytes()).isZero();
      // What comes after finds nothing, and is as good.
      try (Executable third = engine.compile(one)) {
        assertThat(engine.weights().bytes()).isEqualTo(FILTER);
        assertThat(maps(engine, third)).containsExactly(unshared(one));
      }
    }
  }

  @Test
  void equalWeightsAreThereOnceAndOthersOfTheirShapeEachForItself() {
    ModelGraph equal = twice(filter(1), filter(1));
    // The same but for the last element.
    float[] values = filter(1).toFloatArray();
    values[values.length - 1] += 1;
    ModelGraph different = twice(filter(1), Tensor.of(filter(1).shape(), values));
    try (OrtEngine engine = engine(always(directory))) {
      try (Executable executable = engine.compile(equal)) {
        assertThat(engine.weights().bytes()).isEqualTo(FILTER);
        assertThat(maps(engine, executable)).containsExactly(unshared(equal));
      }
      try (Executable executable = engine.compile(different)) {
        assertThat(engine.weights().bytes()).isEqualTo(2 * FILTER);
        assertThat(maps(engine, executable)).containsExactly(unshared(different));
      }
    }
  }

  @Test
  void theEngineFreesWhatIsLeft() {
    OrtEngine engine = engine(always(directory));
    Executable left = engine.compile(once(filter(1)));
    engine.close();
    assertThat(engine.weights().bytes()).isZero();
    left.close();
    assertThat(engine.weights().bytes()).isZero();
  }

  /** They are packed by each session, which would then hold two of each. */
  @Test
  void matricesAreNotShared() {
    ModelGraph graph =
        new GraphBuilder()
            .input("image", 1, 16, 8, 8)
            .constant("w", filter(1))
            .constant("rows", random(2, 8, 16 * 64))
            .node("conv", CONV, "image", "w")
            .node("flat", new Reshape(Shape.of(1, 16 * 64)), "conv")
            .node("maps", new Gemm(1, 1, false, true), "flat", "rows")
            .build("maps");
    try (OrtEngine engine = engine(always(directory));
        Executable executable = engine.compile(graph)) {
      assertThat(engine.weights().bytes()).isEqualTo(FILTER);
      assertThat(maps(engine, executable)).containsExactly(unshared(graph));
    }
  }

  @Test
  void noFilesStay() throws Exception {
    try (OrtEngine engine = engine(always(directory));
        Executable executable = engine.compile(once(filter(1)))) {
      assertThat(files(directory)).isEmpty();
      // It runs without them.
      assertThat(maps(engine, executable)).containsExactly(unshared(once(filter(1))));
    }
  }

  @Test
  void sessionsHaveTheirOwnWeightsWhereFilesCannotBeWritten() throws Exception {
    Path none = directory.resolve("none");
    Path file = Files.createFile(directory.resolve("file"));
    ModelGraph graph = once(filter(1));
    for (Path place : List.of(none, file)) {
      try (OrtEngine engine = engine(always(place));
          Executable executable = engine.compile(graph)) {
        assertThat(engine.weights().bytes()).isZero();
        assertThat(maps(engine, executable)).containsExactly(unshared(graph));
      }
    }
    assertThat(files(directory)).containsExactly(file.toString());
  }

  /** What failed is not tried again with every graph. */
  @Test
  void anEngineThatCouldNotShareDoesNotTryAgain() throws Exception {
    Path place = directory.resolve("none");
    try (OrtEngine engine = engine(always(place));
        Executable before = engine.compile(once(filter(1)))) {
      Files.createDirectory(place);
      try (Executable after = engine.compile(once(filter(2)));
          OrtEngine other = engine(always(place));
          Executable shared = other.compile(once(filter(2)))) {
        assertThat(engine.weights().bytes()).isZero();
        assertThat(other.weights().bytes()).isEqualTo(FILTER);
        assertThat(maps(engine, before)).containsExactly(unshared(once(filter(1))));
        assertThat(maps(engine, after)).containsExactly(maps(other, shared));
      }
    }
  }

  /** ONNX Runtime computes what depends on no input: the only filter is gone, and its file, too. */
  @Test
  void aGraphOfWhichNoFilterIsLeftHasNothingToShare() throws Exception {
    WeightSharing large = new WeightSharing(FILTER, 1, Long.MAX_VALUE, directory);
    ModelGraph graph =
        new GraphBuilder()
            .input("image", 1, 16, 8, 8)
            .constant("w", filter(1))
            .constant("cell", random(2, 1, 16, 1, 1))
            .node("conv", CONV, "cell", "w")
            .node("maps", new Binary.Add(), "image", "conv")
            .build("maps");
    assertThat(large.pays(graph)).isTrue();
    try (OrtEngine engine = engine(large);
        Executable executable = engine.compile(graph)) {
      assertThat(engine.weights().bytes()).isZero();
      assertThat(maps(engine, executable)).containsExactly(unshared(graph));
      // Others have.
      try (Executable other = engine.compile(once(filter(1)))) {
        assertThat(engine.weights().bytes()).isEqualTo(FILTER);
        assertThat(maps(engine, other)).containsExactly(unshared(once(filter(1))));
      }
    }
    assertThat(files(directory)).isEmpty();
  }

  @Test
  void whatFindsNoRoomIsTheSessionsOwn() {
    ModelGraph graph = twice(filter(1), filter(2));
    WeightSharing narrow = new WeightSharing(SMALL, 1, 2 * FILTER, directory);
    try (OrtEngine engine = engine(narrow);
        Executable before = engine.compile(once(filter(3)));
        Executable executable = engine.compile(graph)) {
      assertThat(engine.weights().bytes()).isEqualTo(2 * FILTER);
      assertThat(maps(engine, before)).containsExactly(unshared(once(filter(3))));
      assertThat(maps(engine, executable)).containsExactly(unshared(graph));
    }
  }

  @Test
  void smallNetworksDoNotShare() {
    assertThat(WeightSharing.measured().pays(once(filter(1)))).isFalse();
    assertThat(WeightSharing.measured().pays(once(random(1, 32768, 16, 3, 3)))).isTrue();
  }

  @Test
  void graphsAreCompiledBesideEachOther() throws Exception {
    ModelGraph graph = twice(filter(1), filter(2));
    double[] expected = unshared(graph);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (OrtEngine engine = engine(always(directory))) {
      List<Future<?>> runs = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        runs.add(
            threads.submit(
                () -> {
                  try (Executable executable = engine.compile(graph)) {
                    assertThat(engine.weights().bytes()).isEqualTo(2 * FILTER);
                    assertThat(maps(engine, executable)).containsExactly(expected);
                  }
                }));
      }
      for (Future<?> run : runs) {
        run.get();
      }
      assertThat(engine.weights().bytes()).isZero();
    } finally {
      threads.shutdownNow();
    }
    assertThat(files(directory)).isEmpty();
  }

  static Map<String, ModelGraph> networks() {
    Map<String, ModelGraph> networks = new LinkedHashMap<>();
    networks.put("residual", Networks.residual());
    networks.put("dense", Networks.dense());
    networks.put("branches", Networks.branches());
    networks.put("transformer", Networks.transformer());
    networks.put("blocks of 16", twice(filter(1), filter(2)));
    return networks;
  }

  static Stream<String> names() {
    return networks().keySet().stream();
  }

  /** Scores, and gradients of the first output at the image, are the same to the last bit. */
  @ParameterizedTest
  @MethodSource("names")
  void sharingChangesNoBit(String name) {
    ModelGraph graph = networks().get(name);
    Map<String, Tensor> inputs = Map.of("image", Networks.images(graph, 1, 5));
    Tap image = new Tap("image");
    Tap output = new Tap(graph.outputs().get(0));
    Tensor seed = random(6, graph.type(output.tensor()).shape().dims());
    try (OrtEngine engine = engine(always(directory));
        Executable executable = engine.compile(graph)) {
      assertThat(engine.weights().bytes()).isPositive();
    }
    List<double[]> answers = new ArrayList<>();
    for (WeightSharing sharing : List.of(NEVER, always(directory))) {
      try (LoadedModel model = new OnnxRuntimeBackend(sharing).load(graph, ONE_THREAD);
          ForwardPass pass = model.forward(inputs, Set.of(image))) {
        answers.add(pass.outputs().get(output.tensor()).toDoubleArray());
        answers.add(pass.backward(Map.of(output, seed), Set.of(image)).get(image).toDoubleArray());
      }
    }
    assertThat(answers.get(2)).containsExactly(answers.get(0));
    assertThat(answers.get(3)).containsExactly(answers.get(1));
  }
}
