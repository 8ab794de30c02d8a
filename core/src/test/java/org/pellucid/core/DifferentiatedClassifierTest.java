package org.pellucid.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.core.io.Labels;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.UnsupportedModelException;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Unary;
import org.pellucid.graph.pass.ScoreOutput;
import org.pellucid.graph.pass.TokenGrids;
import org.pellucid.graph.pass.TokenLayout;

/** What a differentiated network is composed of, on the network worked out by hand. */
class DifferentiatedClassifierTest {
  private static final Shape IMAGE = Shape.of(1, 1, 4, 4);

  /** Passes on what it is given, and has no gradient rule. */
  private record Opaque() implements Operation {
    @Override
    public TensorType infer(List<TensorType> inputs) {
      return inputs.get(0);
    }

    @Override
    public Tensor evaluate(List<Tensor> inputs) {
      return inputs.get(0);
    }

    @Override
    public Samples samples(List<TensorType> inputs, int[] axes, int count) {
      return Samples.along(axes[0]);
    }
  }

  /** The known answer's network; its tensors have the names given. */
  private static ModelGraph network(
      String image, String layer, String scores, Operation beforeScores) {
    float[] ones = new float[18];
    Arrays.fill(ones, 1);
    Map<String, Tensor> constants =
        Map.of(
            "kernel", Tensor.of(Shape.of(2, 1, 3, 3), ones),
            "bias", Tensor.of(Shape.of(2), -50f, -75f),
            "rows",
                Tensor.of(
                    Shape.of(2, 8),
                    1f,
                    1f,
                    1f,
                    1f,
                    1f,
                    -1f,
                    -1f,
                    -1f,
                    0f,
                    0f,
                    0f,
                    0f,
                    0f,
                    0f,
                    0f,
                    0f));
    List<Node> nodes = new ArrayList<>();
    nodes.add(
        node(
            new Conv(List.of(1, 1), List.of(1, 1), List.of(0, 0), List.of(0, 0), 1),
            "conv",
            image,
            "kernel",
            "bias"));
    nodes.add(node(new Unary.Relu(), layer, "conv"));
    nodes.add(node(beforeScores, "passed", layer));
    nodes.add(node(new Reshape(Shape.of(1, 8)), "flat", "passed"));
    nodes.add(node(new Gemm(1, 1, false, true), scores, "flat", "rows"));
    return ModelGraph.of(
        Map.of(image, new TensorType(ElementType.FLOAT32, IMAGE)),
        constants,
        nodes,
        List.of(scores),
        Map.of());
  }

  private static Node node(Operation operation, String output, String... inputs) {
    return new Node(output, operation, List.of(inputs), output, "");
  }

  private static DifferentiatedModel differentiate(
      ModelGraph graph, DifferentiationRequest request) {
    String image = graph.inputs().keySet().iterator().next();
    String scores = graph.outputs().get(0);
    Classifier classifier =
        new Classifier(
            new ModelFile(Path.of("pom.xml")),
            Registry.ofClassPath(),
            graph,
            TokenGrids.of(graph, image, scores, TokenLayout.AUTO),
            image,
            ClassifierHead.of(graph, image, ScoreOutput.of(graph, scores), Labels.NONE),
            Layers.of(graph, image, scores),
            Optional.empty(),
            List.of());
    return new DifferentiatedClassifier(classifier, request).model();
  }

  private static Map<String, Tensor> run(DifferentiatedModel model, Map<String, Tensor> inputs) {
    return new ReferenceInterpreter(model.graph()).run(inputs, Set.copyOf(model.graph().outputs()));
  }

  private static Tensor image() {
    float[] values = new float[16];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    return Tensor.of(IMAGE, values);
  }

  private static Tensor classes(long... indices) {
    return Tensor.of(Shape.of(indices.length), indices);
  }

  private static final double[] ACTIVATIONS = {0, 4, 31, 40, 0, 0, 6, 15};
  private static final double[] GRADIENTS = {1, 1, 1, 1, 1, -1, -1, -1};

  @Test
  void aClassThatIsGivenHasTheGradientsWorkedOutByHand() {
    ModelGraph graph = network("x", "relu", "logits", new Unary.Identity());
    DifferentiatedModel model =
        differentiate(graph, DifferentiationRequest.DEFAULT.withLayers("relu"));
    assertThat(model.graph().inputs().keySet()).containsExactlyInAnyOrder("x", "class");
    assertThat(model.graph().outputs())
        .containsExactly("scores", "activations/relu", "gradients/relu");
    assertThat(model.batchingObstacle()).isEmpty();
    assertThat(model.describe("gradients/relu")).isEqualTo("float32[N, 2, 2, 2]");
    assertThat(model.describe("class")).isEqualTo("int64[N]");
    Map<String, Tensor> found = run(model, Map.of("x", image(), "class", classes(0)));
    assertThat(found.get("scores").toDoubleArray()).containsExactly(54, 0);
    assertThat(found.get("activations/relu").toDoubleArray()).containsExactly(ACTIVATIONS);
    assertThat(found.get("gradients/relu").toDoubleArray()).containsExactly(GRADIENTS);
    for (long none : new long[] {1, 2, -1, Long.MAX_VALUE}) {
      assertThat(
              run(model, Map.of("x", image(), "class", classes(none)))
                  .get("gradients/relu")
                  .toDoubleArray())
          .as("class %s", none)
          .containsOnly(0);
    }
  }

  @Test
  void aFixedClassAndThePredictedOneNeedNoInput() {
    ModelGraph graph = network("x", "relu", "logits", new Unary.Identity());
    for (String target : List.of("0", "top")) {
      DifferentiatedModel model =
          differentiate(
              graph, DifferentiationRequest.DEFAULT.withLayers("relu").withTarget(target));
      assertThat(model.graph().inputs().keySet()).containsExactly("x");
      assertThat(model.batchingObstacle()).isEmpty();
      assertThat(run(model, Map.of("x", image())).get("gradients/relu").toDoubleArray())
          .containsExactly(GRADIENTS);
    }
  }

  private static double[] gradients(String target, String layer) {
    ModelGraph graph = network("x", "relu", "logits", new Unary.Identity());
    DifferentiatedModel model =
        differentiate(graph, DifferentiationRequest.DEFAULT.withLayers(layer).withTarget(target));
    assertThat(model.graph().inputs().keySet()).containsExactly("x");
    assertThat(model.batchingObstacle()).isEmpty();
    return run(model, Map.of("x", image())).get("gradients/" + layer).toDoubleArray();
  }

  private static double[] times(double factor) {
    return Arrays.stream(GRADIENTS).map(gradient -> factor * gradient).toArray();
  }

  @Test
  void targetsThatAreTheSameSumForEveryImage() {
    // The score of class 1 is always 0.
    assertThat(gradients("contrast:0,1", "relu")).containsExactly(GRADIENTS);
    assertThat(gradients("contrast:1,0", "relu")).containsExactly(times(-1));
    assertThat(gradients("sum:0=0.5,1=3,0=-2", "relu")).containsExactly(times(-1.5));
    assertThat(gradients("output:0", "relu")).containsExactly(GRADIENTS);
    assertThat(gradients("output:logits:1", "relu")).containsOnly(0);
    // The mean of a feature map, and one neuron of it, from where it is switched on.
    assertThat(gradients("neuron:relu@1", "conv")).containsExactly(0, 0, 0, 0, 0, 0, 0.25, 0.25);
    assertThat(gradients("neuron:relu@0,1,0", "conv")).containsExactly(0, 0, 1, 0, 0, 0, 0, 0);
  }

  @Test
  void aLayerBehindWhatTheTargetReadsIsRefused() {
    ModelGraph graph = network("x", "relu", "logits", new Unary.Identity());
    DifferentiationRequest request = DifferentiationRequest.DEFAULT.withTarget("neuron:conv@0");
    assertThatThrownBy(() -> differentiate(graph, request.withLayers("relu")))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("\"conv\" has no gradient at the layer \"relu\"");
  }

  @Test
  void targetsThatDependOnTheImageAreRefusedByName() {
    for (String target :
        List.of("contrast", "contrast:top,1", "sum:top=2", "top:2", "above:0.5", "similar@a.png")) {
      assertThatThrownBy(() -> gradients(target, "relu"))
          .as(target)
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("\"" + target + "\" was asked for, which depends on the image")
          .hasMessageContaining("contrast:A,B");
    }
    assertThatThrownBy(() -> gradients("contrast:0,7", "relu"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("7");
  }

  @Test
  void onlyWhatLeadsToTheOutputsIsThere() {
    ModelGraph graph = network("x", "relu", "logits", new Unary.Identity());
    DifferentiatedModel model =
        differentiate(graph, DifferentiationRequest.DEFAULT.withLayers("relu"));
    // Nothing is differentiated before the layer.
    assertThat(model.graph().nodes()).noneMatch(node -> node.output().contains("conv/"));
    assertThat(model.graph().nodes()).hasSizeLessThan(16);
  }

  @Test
  void tensorsOfTheModelMayHaveTheNamesOfOutputs() {
    DifferentiationRequest request = DifferentiationRequest.DEFAULT.withLayers("map");
    DifferentiatedModel model =
        differentiate(network("x", "map", "scores", new Unary.Identity()), request);
    assertThat(model.graph().outputs())
        .containsExactly("scores", "activations/map", "gradients/map");
    assertThat(
            run(model, Map.of("x", image(), "class", classes(0)))
                .get("gradients/map")
                .toDoubleArray())
        .containsExactly(GRADIENTS);
  }

  @Test
  void aModelsOwnInputKeepsItsName() {
    DifferentiatedModel model =
        differentiate(
            network("class", "relu", "logits", new Unary.Identity()),
            DifferentiationRequest.DEFAULT.withLayers("relu"));
    assertThat(model.graph().inputs().keySet()).containsExactlyInAnyOrder("class", "class_2");
    assertThat(model.graph().type("class").shape()).isEqualTo(IMAGE);
  }

  @Test
  void anOperationWithoutARuleIsNamed() {
    ModelGraph graph = network("x", "relu", "logits", new Opaque());
    assertThatThrownBy(
            () -> differentiate(graph, DifferentiationRequest.DEFAULT.withLayers("relu")))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("\"passed\"")
        .hasMessageContaining("Opaque");
  }
}
