package org.pellucid.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.ModelImporter;
import org.pellucid.graph.Node;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.UnsupportedModelException;
import org.pellucid.graph.op.Unary;

/** Whole models: names, types, order, options, refusals. */
class OnnxImporterTest {
  @TempDir Path directory;

  private ModelGraph read(OnnxModelBuilder model) throws IOException {
    return read(model, ImportOptions.DEFAULT);
  }

  private ModelGraph read(OnnxModelBuilder model, ImportOptions options) throws IOException {
    Path file = Files.write(directory.resolve("model.onnx"), model.bytes());
    return new OnnxImporter().read(file, options);
  }

  @Test
  void isFoundAsAService() {
    assertThat(ServiceLoader.load(ModelImporter.class))
        .anySatisfy(importer -> assertThat(importer.id()).isEqualTo("onnx"));
  }

  @Test
  void acceptsByNameAndByContent() throws IOException {
    OnnxModelBuilder model = relu();
    Path unnamed = Files.write(directory.resolve("model.bin"), model.bytes());
    Path text = Files.writeString(directory.resolve("notes.txt"), "no model");
    OnnxImporter importer = new OnnxImporter();
    assertThat(importer.accepts(Path.of("nowhere", "Model.ONNX"))).isTrue();
    assertThat(importer.accepts(unnamed)).isTrue();
    assertThat(importer.accepts(text)).isFalse();
    assertThat(importer.accepts(directory)).isFalse();
    assertThat(importer.accepts(directory.resolve("missing"))).isFalse();
  }

  private static OnnxModelBuilder relu() {
    return new OnnxModelBuilder(13)
        .input("x", "N", 2)
        .node("first", "Relu", List.of("x"), List.of("y"))
        .output("y");
  }

  @Test
  void keepsNamesAndSaysWhatANodeWas() throws IOException {
    ModelGraph graph = read(relu());
    assertThat(graph.inputs())
        .containsExactly(Map.entry("x", new TensorType(ElementType.FLOAT32, Shape.of(1, 2))));
    assertThat(graph.nodes())
        .containsExactly(new Node("first", new Unary.Relu(), List.of("x"), "y", "Relu-13"));
    assertThat(graph.outputs()).containsExactly("y");
    assertThat(graph.metadata())
        .containsEntry("format", "onnx")
        .containsEntry("opset", "13")
        .containsEntry("irVersion", "8")
        .containsEntry("producer", "test");
  }

  @Test
  void computesAConvolution() throws IOException {
    OnnxModelBuilder model =
        new OnnxModelBuilder(13)
            .input("x", 1, 1, 4, 4)
            .initializer("w", Tensor.of(Shape.of(2, 1, 3, 3), ones(18)))
            .initializer("b", Tensor.of(Shape.of(2), -50f, -75f))
            .node("conv", "Conv", List.of("x", "w", "b"), List.of("c"))
            .node("relu", "Relu", List.of("c"), List.of("a"))
            .output("a");
    float[] pixels = new float[16];
    for (int i = 0; i < 16; i++) {
      pixels[i] = i;
    }
    Tensor activation =
        new ReferenceInterpreter(read(model))
            .run(Map.of("x", Tensor.of(Shape.of(1, 1, 4, 4), pixels)), Set.of("a"))
            .get("a");
    assertThat(activation.toDoubleArray()).containsExactly(0, 4, 31, 40, 0, 0, 6, 15);
  }

  private static float[] ones(int count) {
    float[] ones = new float[count];
    java.util.Arrays.fill(ones, 1);
    return ones;
  }

  @Test
  void sortsNodesAndDropsWhatNothingNeeds() throws IOException {
    ModelGraph graph =
        read(
            new OnnxModelBuilder(13)
                .input("x", 1, 2)
                .node("Sigmoid", List.of("b"), List.of("c"))
                .node("TopK", List.of("b"), List.of("unneeded"))
                .node("Neg", List.of("a"), List.of("b"))
                .node("Relu", List.of("x"), List.of("a"))
                .output("c"));
    assertThat(graph.nodes().stream().map(Node::output)).containsExactly("a", "b", "c");
  }

  @Test
  void foldsShapeArithmetic() throws IOException {
    // Flatten as exporters of dynamic graphs write it: Reshape(x, [Shape(x)[0], -1]).
    OnnxModelBuilder model =
        new OnnxModelBuilder(9)
            .input("x", "N", 3, "H", "W")
            .node("Shape", List.of("x"), List.of("shape"))
            .node("Constant", List.of(), List.of("zero"), "value", Tensor.scalar(0L))
            .node("Gather", List.of("shape", "zero"), List.of("batch"), "axis", 0)
            .node("Unsqueeze", List.of("batch"), List.of("first"), "axes", new int[] {0})
            .initializer("rest", Tensor.of(Shape.of(1), -1L))
            .node("Concat", List.of("first", "rest"), List.of("to"), "axis", 0)
            .node("Reshape", List.of("x", "to"), List.of("y"))
            .output("y");
    ModelGraph graph = read(model, new ImportOptions(Map.of(), 4, 5));
    assertThat(graph.type("x").shape()).isEqualTo(Shape.of(1, 3, 4, 5));
    assertThat(graph.nodes()).hasSize(1);
    assertThat(graph.constants()).isEmpty();
    assertThat(graph.type("y").shape()).isEqualTo(Shape.of(1, 60));
  }

  @Test
  void openLengthsOfImagesAreFilledByTheirLayout() throws IOException {
    ImportOptions options = new ImportOptions(Map.of(), 32, 48);
    assertThat(inputShape(options, "N", 3, "H", "W")).isEqualTo(Shape.of(1, 3, 32, 48));
    assertThat(inputShape(options, "N", "H", "W", 3)).isEqualTo(Shape.of(1, 32, 48, 3));
    assertThat(inputShape(options, "N", "C", "H", "W")).isEqualTo(Shape.of(1, 3, 32, 48));
    assertThat(inputShape(options, 2, "H", 20, 1)).isEqualTo(Shape.of(2, 32, 20, 1));
    assertThat(inputShape(options, 0, 3, 8, 8)).isEqualTo(Shape.of(1, 3, 8, 8));
    ImportOptions asked = new ImportOptions(Map.of("x", Shape.of(1, 7)), 32, 48);
    assertThat(inputShape(asked, "N", "features")).isEqualTo(Shape.of(1, 7));
    assertThatThrownBy(() -> inputShape(options, "N", "features"))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("\"x\" is [N, features]");
    assertThatThrownBy(() -> inputShape(asked, "N", 8))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("shape [1, 7]")
        .hasMessageContaining("[N, 8]");
  }

  private Shape inputShape(ImportOptions options, Object... axes) throws IOException {
    OnnxModelBuilder model =
        new OnnxModelBuilder(13)
            .input("x", axes)
            .node("Relu", List.of("x"), List.of("y"))
            .output("y");
    return read(model, options).type("x").shape();
  }

  @Test
  void initializersAmongTheInputsAreNoInputs() throws IOException {
    ModelGraph graph =
        read(
            new OnnxModelBuilder(3, 7)
                .input("x", 1, 2)
                .input("b", 2)
                .initializer("b", Tensor.of(Shape.of(2), 1f, 2f))
                .node("Add", List.of("x", "b"), List.of("y"))
                .output("y"));
    assertThat(graph.inputs().keySet()).containsExactly("x");
    assertThat(graph.constants().keySet()).containsExactly("b");
  }

  @Test
  void narrowInputsAreNotedInTheMetadata() throws IOException {
    ModelGraph graph =
        read(
            new OnnxModelBuilder(13)
                .inputOf(10, "x", 1, 2)
                .node("Cast", List.of("x"), List.of("wide"), "to", 1)
                .node("Relu", List.of("wide"), List.of("y"))
                .outputOf(10, "y", 2));
    assertThat(graph.type("x").elementType()).isEqualTo(ElementType.FLOAT32);
    assertThat(graph.metadata())
        .containsEntry("input.x.elementType", "float16")
        .containsEntry("output.y.elementType", "float16");
    assertThat(graph.producer("wide").orElseThrow().operation()).isEqualTo(new Unary.Identity());
  }

  @Test
  void namesAllThatIsNotSupported() {
    OnnxModelBuilder model =
        new OnnxModelBuilder(13)
            .input("x", 1, 2, 4, 4)
            .node("up", "Unique", List.of("x"), List.of("a"), "sorted", 0)
            .node("sum", "Det", List.of("x"), List.of("b"))
            .node("after", "Relu", List.of("a"), List.of("c"))
            .node("all", "Add", List.of("c", "b"), List.of("y"))
            .output("y");
    assertThatThrownBy(() -> read(model))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining(
            "Node \"up\" uses Unique (opset 13, sorted=0), which is not supported")
        .hasMessageContaining("Node \"sum\" uses Det (opset 13), which is not supported")
        .hasMessageNotContaining("after");
  }

  @Test
  void refusesOtherDomainsAndVersions() {
    OnnxMessage node =
        OnnxModelBuilder.nodeMessage("f", "FusedConv", List.of("x"), List.of("y"))
            .text(7, "com.microsoft");
    assertThatThrownBy(() -> read(new OnnxModelBuilder(13).input("x", 1, 2).node(node).output("y")))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("FusedConv")
        .hasMessageContaining("com.microsoft");
    assertThatThrownBy(() -> read(new OnnxModelBuilder(6).input("x", 1).output("x")))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("version 6")
        .hasMessageContaining("7 to 28");
    assertThatThrownBy(() -> read(new OnnxModelBuilder(29).input("x", 1).output("x")))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("version 29");
  }

  @Test
  void refusesWhatContradictsItself() {
    assertMalformed(
        new OnnxModelBuilder(13)
            .input("x", 1, 2)
            .node("n", "Add", List.of("x", "ghost"), List.of("y"))
            .output("y"),
        "\"n\" (Add) reads \"ghost\"");
    assertMalformed(
        new OnnxModelBuilder(13)
            .input("x", 1, 2)
            .node("n", "Add", List.of("x", "b"), List.of("a"))
            .node("m", "Relu", List.of("a"), List.of("b"))
            .output("a"),
        "cycle");
    assertMalformed(
        new OnnxModelBuilder(13)
            .input("x", 1, 2)
            .node("n", "Relu", List.of("x"), List.of("y"))
            .node("m", "Neg", List.of("x"), List.of("y"))
            .output("y"),
        "\"y\" is made by node \"m\" and also by node \"n\"");
    assertMalformed(
        new OnnxModelBuilder(13)
            .input("x", 1, 2)
            .node("n", "Relu", List.of("x"), List.of("x"))
            .output("x"),
        "an input or an initializer");
    assertMalformed(
        new OnnxModelBuilder(13).input("x", 1, 2).output("y"), "output \"y\" is not made");
    assertMalformed(new OnnxModelBuilder(13).input("x", 1, 2), "no outputs");
    assertMalformed(
        new OnnxModelBuilder(13).input("x", 1, 2).input("x", 1, 2).output("x"), "two inputs");
    assertMalformed(
        new OnnxModelBuilder(13)
            .input("x", 1, 2)
            .initializer("w", Tensor.of(Shape.of(3), 1f, 2f, 3f))
            .node("n", "Add", List.of("x", "w"), List.of("y"))
            .output("y"),
        "node \"n\"");
  }

  private void assertMalformed(OnnxModelBuilder model, String part) {
    assertThatThrownBy(() -> read(model))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining(part);
  }

  @Test
  void helpersAreNamedAfterTheOutput() throws IOException {
    ModelGraph graph =
        read(
            new OnnxModelBuilder(17)
                .input("x", 1, 4)
                .initializer("s", Tensor.of(Shape.of(4), ones(4)))
                .node("ln", "LayerNormalization", List.of("x", "s"), List.of("y"))
                .node("ln2", "LayerNormalization", List.of("y", "s"), List.of("z"))
                .output("z"));
    assertThat(graph.nodes().stream().map(Node::output))
        .containsExactly("y/standardized", "y", "z/standardized", "z");
    assertThat(graph.nodes().stream().map(Node::name))
        .containsExactly("ln/standardized", "ln", "ln2/standardized", "ln2");
    Tensor z =
        new ReferenceInterpreter(graph)
            .run(Map.of("x", Tensor.of(Shape.of(1, 4), 1f, 2f, 3f, 4f)), Set.of("z"))
            .get("z");
    assertThat(z.get(3)).isCloseTo(1.34163, within(1e-4));
  }
}
