package org.pellucid.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.UnsupportedModelException;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.MatMul;
import org.pellucid.graph.op.Operations;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.ScatterAdd;
import org.pellucid.graph.op.Unary;

class OnnxWriterTest {
  private static final WriteOptions OLDEST =
      WriteOptions.DEFAULT.withOpset(WriteOptions.OLDEST_OPSET);

  @TempDir Path directory;

  private static TensorType floats(int... dims) {
    return new TensorType(ElementType.FLOAT32, Shape.of(dims));
  }

  private static Node node(String name, Operation operation, String output, String... inputs) {
    return new Node(name, operation, List.of(inputs), output, "");
  }

  private static Tensor ramp(int... dims) {
    Shape shape = Shape.of(dims);
    float[] elements = new float[(int) shape.size()];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = i % 17 * 0.125f - 1;
    }
    return Tensor.of(shape, elements);
  }

  /** x [1, 2, 3] flattened, through a dense layer and GELU. */
  private static ModelGraph dense() {
    return ModelGraph.of(
        Map.of("image", floats(1, 2, 3)),
        Map.of("fc.weight", ramp(6, 50), "fc.bias", ramp(50), "unused", ramp(3)),
        List.of(
            node("flatten", new Reshape(Shape.of(1, 6)), "flat", "image"),
            node("fc", new Gemm(1, 1, false, false), "hidden", "flat", "fc.weight", "fc.bias"),
            node("act", new Unary.Gelu(false), "scores", "hidden")),
        List.of("scores", "hidden"),
        Map.of("property.author", "somebody", "format", "onnx"));
  }

  private OnnxModel read(byte[] model) throws IOException {
    Path file = Files.write(directory.resolve("read.onnx"), model);
    try (ModelFile opened = ModelFile.open(file)) {
      return OnnxReader.read(opened);
    }
  }

  private static Map<String, Tensor> run(byte[] model, Map<String, Tensor> inputs)
      throws OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        OrtSession session = OrtEnvironment.getEnvironment().createSession(model, options)) {
      return run(session, inputs);
    }
  }

  private static Map<String, Tensor> run(OrtSession session, Map<String, Tensor> inputs)
      throws OrtException {
    Map<String, ai.onnxruntime.OnnxTensor> given = new LinkedHashMap<>();
    for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
      long[] shape = Arrays.stream(input.getValue().shape().dims()).asLongStream().toArray();
      given.put(
          input.getKey(),
          ai.onnxruntime.OnnxTensor.createTensor(
              OrtEnvironment.getEnvironment(),
              FloatBuffer.wrap(input.getValue().toFloatArray()),
              shape));
    }
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    try (OrtSession.Result result = session.run(given)) {
      result.forEach(
          entry -> {
            ai.onnxruntime.OnnxTensor value = (ai.onnxruntime.OnnxTensor) entry.getValue();
            long[] lengths = value.getInfo().getShape();
            Shape shape = Shape.of(Arrays.stream(lengths).mapToInt(Math::toIntExact).toArray());
            switch (value.getInfo().type) {
              case FLOAT -> {
                float[] elements = new float[(int) shape.size()];
                value.getFloatBuffer().get(elements);
                outputs.put(entry.getKey(), Tensor.of(shape, elements));
              }
              case DOUBLE -> {
                double[] elements = new double[(int) shape.size()];
                value.getDoubleBuffer().get(elements);
                outputs.put(entry.getKey(), Tensor.of(shape, elements));
              }
              case INT64 -> {
                long[] elements = new long[(int) shape.size()];
                value.getLongBuffer().get(elements);
                outputs.put(entry.getKey(), Tensor.of(shape, elements));
              }
              default -> {
                byte[] elements = new byte[(int) shape.size()];
                value.getByteBuffer().get(elements);
                outputs.put(entry.getKey(), Tensor.of(shape, elements));
              }
            }
          });
    } finally {
      given.values().forEach(ai.onnxruntime.OnnxTensor::close);
    }
    return outputs;
  }

  @Test
  void everyOperationCanBeWritten() {
    assertThat(Encoders.operations())
        .contains(Upsampling.class)
        .filteredOn(operation -> operation != Upsampling.class)
        .containsExactlyInAnyOrderElementsOf(Operations.all());
  }

  @Test
  void namesAreKept() throws IOException {
    OnnxGraph written = read(OnnxWriter.bytes(dense(), OLDEST)).graph();
    assertThat(written.inputs()).extracting(OnnxValueInfo::name).containsExactly("image");
    assertThat(written.outputs())
        .extracting(OnnxValueInfo::name)
        .containsExactly("scores", "hidden");
    assertThat(written.nodes())
        .extracting(OnnxNode::name)
        .contains("flatten", "fc", "act", "act/erf")
        .doesNotHaveDuplicates();
    assertThat(written.nodes().stream().map(one -> one.outputs().get(0)))
        .contains("flat", "hidden", "scores", "scores/erf")
        .doesNotHaveDuplicates();
    assertThat(written.initializers())
        .extracting(OnnxTensor::name)
        .contains("fc.weight", "fc.bias")
        .doesNotContain("unused");
  }

  @Test
  void derivedNamesStayClearOfOthers() throws IOException {
    ModelGraph graph =
        ModelGraph.of(
            Map.of("y/erf", floats(2)),
            Map.of(),
            List.of(
                node("a", new Unary.Gelu(false), "y", "y/erf"),
                node("b", new Unary.Relu(), "y/half", "y")),
            List.of("y/half"),
            Map.of());
    OnnxGraph written = read(OnnxWriter.bytes(graph, OLDEST)).graph();
    List<String> names = new ArrayList<>(List.of("y/erf"));
    written.nodes().forEach(one -> names.addAll(one.outputs()));
    written.initializers().forEach(one -> names.add(one.name()));
    assertThat(names).doesNotHaveDuplicates().contains("y", "y/half", "y/erf-2", "y/half-2");
  }

  @Test
  void saysWhatWroteIt() throws IOException {
    WriteOptions options =
        WriteOptions.DEFAULT
            .withOpset(17)
            .withProperty("method", "grad-cam")
            .withDocumentation("D");
    OnnxModel model = read(OnnxWriter.bytes(dense(), options));
    assertThat(model.irVersion()).isEqualTo(8);
    assertThat(model.opsets()).isEqualTo(Map.of("", 17L));
    assertThat(model.producer()).startsWith("pellucid");
    assertThat(model.properties()).isEqualTo(Map.of("author", "somebody", "method", "grad-cam"));
    assertThatThrownBy(() -> WriteOptions.DEFAULT.withOpset(12))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("12", "13 to 26");
    assertThatThrownBy(() -> WriteOptions.DEFAULT.withOpset(27))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theImporterKnowsWrittenFiles() throws IOException {
    Path file = Files.write(directory.resolve("model"), OnnxWriter.bytes(dense(), OLDEST));
    assertThat(new OnnxImporter().accepts(file)).isTrue();
  }

  /** Constants and inputs may be outputs; all element types keep their bits. */
  @Test
  void elementTypes() throws OrtException {
    Map<String, Tensor> constants = new LinkedHashMap<>();
    constants.put("f", Tensor.of(Shape.of(3), 0.1f, -0f, Float.POSITIVE_INFINITY));
    constants.put("d", Tensor.of(Shape.of(2), 0.1, Double.MIN_VALUE));
    constants.put("i", Tensor.of(Shape.of(2, 1), Long.MIN_VALUE, 7L));
    constants.put("b", Tensor.of(Shape.of(2), (byte) 1, (byte) 0));
    constants.put("none", Tensor.of(Shape.of(0, 2), new float[0]));
    ModelGraph graph =
        ModelGraph.of(
            Map.of("x", floats()),
            constants,
            List.of(),
            List.of("f", "d", "i", "b", "none", "x"),
            Map.of());
    Map<String, Tensor> outputs =
        run(OnnxWriter.bytes(graph, OLDEST), Map.of("x", Tensor.scalar(3f)));
    constants.put("x", Tensor.scalar(3f));
    constants.forEach(
        (name, value) -> {
          assertThat(outputs.get(name).type()).isEqualTo(value.type());
          assertThat(outputs.get(name).toDoubleArray()).containsExactly(value.toDoubleArray());
        });
  }

  @Test
  void refusesWhatTheOperatorsCannotExpress() {
    ModelGraph graph =
        ModelGraph.of(
            Map.of("g", floats(3), "e", floats(2, 0)),
            Map.of("places", Tensor.of(Shape.of(3), 0L, 2L, 2L)),
            List.of(
                node("shape", new Reshape(Shape.of(0, 5)), "s", "e"),
                node("grad", new ScatterAdd(0, 4), "y", "g", "places")),
            List.of("s", "y"),
            Map.of());
    assertThatThrownBy(() -> OnnxWriter.bytes(graph, OLDEST))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContainingAll("\"shape\"", "opset 14", "\"grad\"", "ScatterAdd", "opset 16")
        .hasMessageEndingWith("The lowest opset that can express the model is 16");
    assertThat(OnnxWriter.bytes(graph, WriteOptions.DEFAULT.withOpset(16))).isNotEmpty();
  }

  @Test
  void leavesTheNumberOfSamplesOpen() throws IOException, OrtException {
    byte[] model = OnnxWriter.bytes(dense(), WriteOptions.DEFAULT.withSymbolicBatch());
    OnnxGraph written = read(model).graph();
    assertThat(written.inputs().get(0).shapeText()).isEqualTo("[N, 2, 3]");
    assertThat(written.outputs().get(0).shapeText()).isEqualTo("[N, 50]");
    Map<String, Tensor> three = run(model, Map.of("image", ramp(3, 2, 3)));
    assertThat(three.get("scores").shape()).isEqualTo(Shape.of(3, 50));
  }

  @Test
  void refusesAnOpenNumberOfSamplesThatMix() {
    ModelGraph graph =
        ModelGraph.of(
            Map.of("x", floats(1, 4)),
            Map.of(),
            List.of(node("mean", new Reduce.ReduceMean(List.of(0), true), "y", "x")),
            List.of("y"),
            Map.of());
    assertThatThrownBy(() -> OnnxWriter.bytes(graph, WriteOptions.DEFAULT.withSymbolicBatch()))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContainingAll("\"mean\"", "reduces axis 0", "it can be for 1");
  }

  @Test
  void constantsInAFileOfTheirOwn() throws IOException {
    ModelGraph graph = dense();
    Path file = directory.resolve("model.onnx");
    OnnxWriter.write(graph, file, WriteOptions.DEFAULT.withExternalData());
    Path data = directory.resolve("model.onnx.data");
    assertThat(directory).isDirectoryContaining(path -> path.equals(data));
    // The bias is small enough to stay.
    assertThat(Files.size(data)).isEqualTo(6 * 50 * 4);
    ModelGraph read = new OnnxImporter().read(file, ImportOptions.DEFAULT);
    for (String name : List.of("fc.weight", "fc.bias")) {
      assertThat(read.constants().get(name).toFloatArray())
          .containsExactly(graph.constants().get(name).toFloatArray());
    }
    OnnxWriter.write(graph, directory.resolve("one.onnx"), WriteOptions.DEFAULT);
    assertThat(directory.resolve("one.onnx.data")).doesNotExist();
    long size = Files.size(directory.resolve("one.onnx"));
    OnnxWriter.write(graph, directory.resolve("one.onnx"), OLDEST.withLargestFile(size / 2));
    assertThat(directory.resolve("one.onnx.data")).exists();
    try (var files = Files.list(directory)) {
      assertThat(files).hasSize(4);
    }
  }

  /** One buffer under many names: as large as a large network, and in memory only once. */
  @Test
  void beyondTwoGigabytes() {
    Tensor shared = Tensor.of(Shape.of(4, 1 << 22), new float[1 << 24]);
    Map<String, Tensor> constants = new LinkedHashMap<>();
    List<Node> nodes = new ArrayList<>();
    String sofar = "x";
    for (int i = 0; i < 40; i++) {
      constants.put("w" + i, shared);
      nodes.add(node("n" + i, new Binary.Add(), "y" + i, sofar, "w" + i));
      sofar = "y" + i;
    }
    ModelGraph graph =
        ModelGraph.of(Map.of("x", floats(1)), constants, nodes, List.of(sofar), Map.of());
    assertThatThrownBy(() -> OnnxWriter.bytes(graph, WriteOptions.DEFAULT))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("outside");
    OnnxWriter.Detached detached = OnnxWriter.detached(graph, WriteOptions.DEFAULT, 1024);
    assertThat(detached.model()).hasSizeLessThan(20_000);
    assertThat(detached.constants()).containsOnlyKeys(constants.keySet());

    ModelFiles.Data data = new ModelFiles.Data(directory.resolve("large.onnx"));
    assertThat(data.place(ramp(3))).isZero();
    long offset = 0;
    for (int i = 0; i < 40; i++) {
      offset = data.place(shared);
      assertThat(offset % 4096).isZero();
    }
    assertThat(offset).isEqualTo(4096 + 39L * (1 << 26));
  }

  @Test
  void constantsHandedToTheEngine() throws OrtException {
    ModelGraph graph = dense();
    Tensor image = ramp(1, 2, 3);
    Map<String, Tensor> expected =
        run(OnnxWriter.bytes(graph, WriteOptions.DEFAULT), Map.of("image", image));
    OnnxWriter.Detached detached = OnnxWriter.detached(graph, WriteOptions.DEFAULT, 1000);
    assertThat(detached.constants()).containsOnlyKeys("fc.weight");
    assertThat(detached.constants().get("fc.weight")).isSameAs(graph.constants().get("fc.weight"));
    Map<String, ai.onnxruntime.OnnxTensorLike> given = new LinkedHashMap<>();
    for (Map.Entry<String, Tensor> constant : detached.constants().entrySet()) {
      Tensor value = constant.getValue();
      FloatBuffer direct =
          ByteBuffer.allocateDirect(4 * value.size())
              .order(ByteOrder.nativeOrder())
              .asFloatBuffer()
              .put(value.floats())
              .flip();
      long[] shape = Arrays.stream(value.shape().dims()).asLongStream().toArray();
      given.put(
          constant.getKey(),
          ai.onnxruntime.OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), direct, shape));
    }
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.addExternalInitializers(given);
      try (OrtSession session =
          OrtEnvironment.getEnvironment().createSession(detached.model(), options)) {
        assertThat(run(session, Map.of("image", image)).get("scores").toFloatArray())
            .containsExactly(expected.get("scores").toFloatArray(), within(1e-6f));
      }
    }
  }

  @Test
  void largeConstantsAreSentInPieces() throws IOException {
    float[] elements = new float[700_001];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = i;
    }
    Tensor large = Tensor.of(Shape.of(elements.length), elements);
    ModelGraph graph =
        ModelGraph.of(
            Map.of("x", floats(elements.length)),
            Map.of("w", large),
            List.of(node("dot", new MatMul(), "y", "x", "w")),
            List.of("y"),
            Map.of());
    Path file = directory.resolve("model.onnx");
    for (WriteOptions options : List.of(OLDEST, OLDEST.withExternalData())) {
      OnnxWriter.write(graph, file, options);
      ModelGraph read = new OnnxImporter().read(file, ImportOptions.DEFAULT);
      assertThat(Arrays.equals(read.constants().get("w").toFloatArray(), elements)).isTrue();
    }
  }

  @Test
  void saysWhereItCouldNotWrite() throws IOException {
    Path nowhere = directory.resolve("missing").resolve("model.onnx");
    assertThatThrownBy(() -> OnnxWriter.write(dense(), nowhere, WriteOptions.DEFAULT))
        .isInstanceOf(UnwritableFileException.class)
        .hasMessageContainingAll(nowhere.toString(), "no such directory");
    assertThatThrownBy(() -> OnnxWriter.write(dense(), directory, WriteOptions.DEFAULT))
        .isInstanceOf(UnwritableFileException.class)
        .hasMessageContaining("it is a directory");
    Files.createDirectory(directory.resolve("model.onnx.data"));
    assertThatThrownBy(
            () ->
                OnnxWriter.write(
                    dense(),
                    directory.resolve("model.onnx"),
                    WriteOptions.DEFAULT.withExternalData()))
        .isInstanceOf(UnwritableFileException.class);
    assertThat(directory.resolve("model.onnx")).doesNotExist();
  }

  /** As when the disk is full: files that were there stay, and nothing is left beside them. */
  @Test
  void leavesNothingBehindWhenItFails() throws IOException {
    Path model = Files.writeString(directory.resolve("model.onnx"), "old model");
    Path data = Files.writeString(directory.resolve("model.onnx.data"), "old data");
    ModelFiles.Content full =
        channel -> {
          channel.write(ByteBuffer.allocate(1000));
          throw new IOException("No space left on device");
        };
    ModelFiles.Content good = channel -> channel.write(ByteBuffer.allocate(10));
    assertThatThrownBy(() -> ModelFiles.write(model, full))
        .isInstanceOf(UnwritableFileException.class)
        .hasMessageContainingAll(model.toString(), "No space left on device");
    assertThatThrownBy(() -> ModelFiles.write(model, good, data, full))
        .isInstanceOf(UnwritableFileException.class);
    assertThatThrownBy(() -> ModelFiles.write(model, full, data, good))
        .isInstanceOf(UnwritableFileException.class);
    // The data is in its place already when the model's place turns out to be taken.
    ModelFiles.Content taking =
        channel -> {
          Files.delete(model);
          Files.createDirectories(model.resolve("inside"));
        };
    assertThatThrownBy(() -> ModelFiles.write(model, taking, data, good))
        .isInstanceOf(UnwritableFileException.class);
    assertThat(data).hasContent("old data");
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactlyInAnyOrder(model, data);
    }
  }
}
