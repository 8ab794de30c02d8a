package org.pellucid.it.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pellucid.it.architecture.ArchitectureTolerances.assertAgrees;
import static org.pellucid.it.architecture.ArchitectureTolerances.assertClose;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Precision;
import org.pellucid.api.Tap;
import org.pellucid.core.Registry;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.gradient.Differentiation;
import org.pellucid.graph.pass.Batching;
import org.pellucid.it.architecture.ArchitectureFixture.Batch;
import org.pellucid.it.architecture.ArchitectureFixture.Layer;

/**
 * The differentiated graphs of real architectures, run forward in float64: first and second
 * derivatives are what their own frameworks' automatic differentiation computed, and PyTorch's
 * through backend-djl.
 */
class DifferentiatedArchitecturesTest {
  private static final LoadOptions EXACT =
      LoadOptions.DEFAULT.with(Precision.FLOAT64).withThreads(1);

  @TempDir private Path folder;

  private static List<String> fixtures() {
    return ArchitectureFixture.names();
  }

  private static List<String> curved() {
    return fixtures().stream()
        .filter(name -> !curvedLayers(ArchitectureFixture.of(name)).isEmpty())
        .toList();
  }

  private static List<Layer> curvedLayers(ArchitectureFixture fixture) {
    return fixture.layers().stream()
        .filter(layer -> layer.images().get(0).hessianProduct() != null)
        .toList();
  }

  private static GradientBackend djl() {
    return Registry.ofClassPath().backends().stream()
        .filter(backend -> backend.id().equals("djl"))
        .findFirst()
        .orElseThrow();
  }

  /** Both images in one batch where samples can be proven not to mix, also if it was frozen. */
  @ParameterizedTest
  @MethodSource("fixtures")
  void gradientsAreTheFrameworksAndAutograds(String name) {
    ArchitectureFixture fixture = ArchitectureFixture.of(name);
    ModelGraph graph = fixture.read(folder);
    String logits = fixture.output().logits();
    Set<String> at = fixture.layers().stream().map(Layer::tensor).collect(Collectors.toSet());
    at.add(fixture.input().name());

    Differentiation differentiation = Differentiation.of(graph, Set.of(logits), at);

    assertThat(differentiation.gradients().keySet()).isEqualTo(at);
    assertThat(Batching.of(differentiation.graph()).obstacle().isPresent())
        .isEqualTo(fixture.oneByOne());
    try (LoadedModel differentiated = djl().load(differentiation.graph(), EXACT);
        LoadedModel plain = djl().load(graph, EXACT)) {
      for (Batch batch : fixture.batches()) {
        compare(fixture, batch, differentiation, differentiated, plain);
      }
    }
  }

  private static void compare(
      ArchitectureFixture fixture,
      Batch batch,
      Differentiation differentiation,
      LoadedModel differentiated,
      LoadedModel plain) {
    String logits = fixture.output().logits();
    Shape one = plain.graph().type(logits).shape();
    Tensor seeds = batch.seeds(one.with(0, batch.indices().length * one.dim(0)));
    Map<String, Tensor> inputs =
        Map.of(fixture.input().name(), batch.images(), differentiation.seeds().get(logits), seeds);
    Map<String, Tensor> found = new HashMap<>();
    try (ForwardPass pass = differentiated.forward(inputs, Set.of())) {
      differentiation
          .gradients()
          .forEach((tensor, output) -> found.put(tensor, pass.outputs().get(output)));
    }

    for (Layer layer : fixture.layers()) {
      for (int i = 0; i < batch.indices().length; i++) {
        assertAgrees(
            "gradients of " + layer,
            fixture.seed(),
            layer.planes(found.get(layer.tensor()), i),
            layer.images().get(batch.indices()[i]).gradient());
      }
    }
    Set<Tap> taps = found.keySet().stream().map(Tap::new).collect(Collectors.toSet());
    Set<Tap> all = new HashSet<>(taps);
    all.add(new Tap(logits));
    try (ForwardPass pass = plain.forward(Map.of(fixture.input().name(), batch.images()), all)) {
      pass.backward(Map.of(new Tap(logits), seeds), taps)
          .forEach(
              (tap, gradient) ->
                  assertClose(
                      "gradients of " + tap,
                      found.get(tap.tensor()).toDoubleArray(),
                      gradient.toDoubleArray()));
    }
  }

  /** Differentiated again: by rules of rules, and by autograd through the first gradient. */
  @ParameterizedTest
  @MethodSource("curved")
  void secondDerivativesAreTheFrameworks(String name) {
    ArchitectureFixture fixture = ArchitectureFixture.of(name);
    ModelGraph graph = fixture.read(folder);
    String logits = fixture.output().logits();
    Shape scores = graph.type(logits).shape();

    for (Layer layer : curvedLayers(fixture)) {
      String at = layer.tensor();
      Differentiation first = Differentiation.of(graph, Set.of(logits), Set.of(at));
      String gradient = first.gradients().get(at);
      Differentiation second = Differentiation.of(first.graph(), Set.of(gradient), Set.of(at));
      String product = second.gradients().get(at);
      Shape shape = graph.type(at).shape();
      Tensor direction = twice(Tensor.of(shape, fixture.direction(layer)));
      Map<String, Tensor> inputs = new HashMap<>();
      inputs.put(fixture.input().name(), fixture.images());
      inputs.put(
          first.seeds().get(logits),
          fixture.batches().get(0).seeds(scores.with(0, 2 * scores.dim(0))));
      inputs.put(second.seeds().get(gradient), direction);

      Tap tap = new Tap(at);
      try (LoadedModel model = djl().load(second.graph(), EXACT);
          ForwardPass pass = model.forward(inputs, Set.of(tap))) {
        assertProduct(fixture, layer, "djl's forward", pass.outputs().get(product));
        assertProduct(
            fixture,
            layer,
            "djl's autograd",
            pass.backward(Map.of(new Tap(gradient), direction), Set.of(tap)).get(tap));
      }
      ModelGraph both = Batching.of(second.graph()).at(2);
      assertProduct(
          fixture,
          layer,
          "the interpreter",
          new ReferenceInterpreter(both).run(inputs, Set.of(product)).get(product));
    }
  }

  /** A tensor of one sample for both. */
  private static Tensor twice(Tensor one) {
    double[] elements = one.toDoubleArray();
    double[] both = Arrays.copyOf(elements, 2 * elements.length);
    System.arraycopy(elements, 0, both, elements.length, elements.length);
    return Tensor.of(one.shape().with(0, 2 * one.shape().dim(0)), both);
  }

  private static void assertProduct(
      ArchitectureFixture fixture, Layer layer, String by, Tensor found) {
    for (int i = 0; i < 2; i++) {
      assertAgrees(
          "second derivatives by " + by + " of " + layer,
          fixture.seed(),
          layer.planes(found, i),
          layer.images().get(i).hessianProduct());
    }
  }
}
