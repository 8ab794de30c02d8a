package org.pellucid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pellucid.api.BackendException;
import org.pellucid.api.Device;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Precision;
import org.pellucid.api.Tap;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * What every backend must do. Extend it in a test, say what the backend is, and inherit the proof:
 *
 * <pre>{@code
 * class MyBackendTest extends GradientBackendContract {
 *   @Override
 *   protected GradientBackend backend() {
 *     return new MyBackend();
 *   }
 * }
 * }</pre>
 *
 * <p>It checks a network done by hand; every operation against its reference evaluation and its
 * gradient against central differences, over generated shapes and attributes ({@link
 * OperationCases}), and at kinks and ties; gradients at taps and for seeds anywhere inside
 * residual, dense and branched blocks, in batches and alone; resuming there; closing, threads and
 * bad requests. Comparisons are made in float64 where the backend has it. The device is the first
 * of {@link org.pellucid.api.GradientBackend#devices}.
 */
public abstract class GradientBackendContract extends LifetimeContract {
  /** For subclasses. */
  protected GradientBackendContract() {}

  @Test
  void introducesItself() {
    assertThat(backend().id()).matches("[a-z][a-z0-9-]*");
    assertThat(backend().availability().available()).as(backend().availability().detail()).isTrue();
    assertThat(backend().availability().detail()).isNotBlank();
    assertThat(backend().devices()).isNotEmpty().doesNotHaveDuplicates();
    assertThat(backend().precisions()).isNotEmpty();
  }

  @Test
  void knownAnswer() {
    Tap relu = tap("relu");
    Tap conv = tap("conv");
    for (Precision precision : Set.of(Precision.FLOAT32, Precision.FLOAT64)) {
      if (!backend().precisions().contains(precision)) {
        continue;
      }
      try (LoadedModel model = backend().load(Networks.knownAnswer(), exact().with(precision));
          ForwardPass pass =
              model.forward(image(Networks.knownAnswerImage()), Set.of(relu, conv))) {
        assertThat(pass.activation(relu).toFloatArray()).containsExactly(0, 4, 31, 40, 0, 0, 6, 15);
        assertThat(pass.outputs().get("scores").toFloatArray()).containsExactly(54, 0);
        Map<Tap, Tensor> g =
            pass.backward(Map.of(SCORES, Tensor.of(Shape.of(1, 2), 1f, 0f)), Set.of(relu, conv));
        assertThat(g.get(relu).toFloatArray()).containsExactly(1, 1, 1, 1, 1, -1, -1, -1);
        // Exactly these numbers, but for the sign of zero: a mask may be a product with 0.
        assertThat(g.get(conv).toFloatArray())
            .usingComparatorWithPrecision(0f)
            .containsExactly(0, 1, 1, 1, 0, 0, -1, -1);
        assertThat(g.get(relu).elementType())
            .isEqualTo(precision == Precision.FLOAT64 ? ElementType.FLOAT64 : ElementType.FLOAT32);
      }
    }
  }

  @Test
  void outputsAreTheReferencesWithAndWithoutTaps() {
    for (ModelGraph graph : networks()) {
      Tensor image = Networks.images(graph, 1, 100);
      Map<String, Tensor> expected = reference(graph, image(image), Set.copyOf(graph.outputs()));
      try (LoadedModel model = backend().load(graph, exact())) {
        assertThat(model.graph()).isSameAs(graph);
        for (Set<Tap> taps : Set.of(Set.<Tap>of(), everywhere(graph))) {
          try (ForwardPass pass = model.forward(image(image), taps)) {
            assertThat(pass.samples()).isEqualTo(1);
            assertThat(pass.outputs().keySet()).containsExactlyElementsOf(graph.outputs());
            expected.forEach(
                (name, tensor) -> {
                  Tensor output = pass.outputs().get(name);
                  assertThat(output.elementType().isFloating())
                      .isEqualTo(tensor.elementType().isFloating());
                  assertClose(output, tensor, rounding(), "output " + name);
                });
          }
        }
      }
    }
  }

  @Test
  void inputsOfAnyWidthAreTaken() {
    ModelGraph graph = Networks.residual();
    Tensor wide = Networks.images(graph, 2, 101);
    try (LoadedModel model = backend().load(graph, exact());
        ForwardPass one = model.forward(image(wide), Set.of());
        ForwardPass two = model.forward(image(wide.cast(ElementType.FLOAT32)), Set.of())) {
      assertThat(two.outputs().get("scores").toDoubleArray())
          .containsExactly(one.outputs().get("scores").toDoubleArray());
    }
  }

  /** The answer in float32 is that of float64, rounded. */
  @Test
  void singlePrecisionIsClose() {
    if (!backend().precisions().contains(Precision.FLOAT32)) {
      return;
    }
    for (ModelGraph graph : networks()) {
      Tensor image = Networks.images(graph, 1, 102);
      Map<Tap, Tensor> seeds = Map.of(SCORES, seed(Shape.of(1, 3), 103));
      Set<Tap> all = everywhere(graph);
      try (LoadedModel single = backend().load(graph, exact().with(Precision.FLOAT32));
          LoadedModel exact = backend().load(graph, exact())) {
        assertClose(
            gradients(single, image, seeds, all, all),
            gradients(exact, image, seeds, all, all),
            1e-4,
            "float32 at ");
      }
    }
  }

  @Test
  void deterministicAnswersAreBitwiseEqual() {
    ModelGraph graph = Networks.residual();
    Tensor images = Networks.images(graph, 3, 104);
    Map<Tap, Tensor> seeds = Map.of(SCORES, seed(Shape.of(3, 3), 105));
    Set<Tap> all = everywhere(graph);
    LoadOptions options = exact().withDeterministic(true);
    if (options.device().kind() != Device.Kind.CPU) {
      try {
        backend().load(graph, options).close();
      } catch (BackendException refused) {
        assertThat(refused).hasMessageContaining("deterministic");
        return;
      }
    }
    try (LoadedModel model = backend().load(graph, options);
        LoadedModel again = backend().load(graph, options)) {
      Map<Tap, Tensor> first = gradients(model, images, seeds, all, all);
      for (LoadedModel other : new LoadedModel[] {model, again}) {
        gradients(other, images, seeds, all, all)
            .forEach(
                (at, gradient) ->
                    assertThat(gradient.toDoubleArray())
                        .containsExactly(first.get(at).toDoubleArray()));
      }
    }
  }

  /** A model whose samples may mix runs for the number it was written for, and says why. */
  @Test
  void mixedSamplesRunAsWritten() {
    ModelGraph graph = assumeRuns(Networks.mixing());
    try (LoadedModel model = backend().load(graph, exact())) {
      assertThat(model.batching().obstacle()).isPresent();
      Tensor two = Networks.images(graph, 2, 106);
      Set<Tap> taps = taps("image");
      try (ForwardPass pass = model.forward(image(two), taps)) {
        assertClose(
            pass.outputs().get("scores"),
            reference(graph, image(two), Set.of("scores")).get("scores"),
            rounding(),
            "scores");
        assertThat(pass.backward(Map.of(SCORES, seed(Shape.of(2, 3), 107)), taps)).hasSize(1);
        try (ForwardPass resumed = pass.resume(tap("image"), two)) {
          assertThat(resumed.samples()).isEqualTo(2);
        }
      }
      assertThatThrownBy(() -> model.forward(image(Networks.images(graph, 3, 1)), Set.of()))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("[3, 3]");
    }
  }

  @Test
  void badRequestsAreNamed() {
    ModelGraph graph = assumeRuns(Networks.branches());
    Tensor image = Networks.images(graph, 1, 108);
    try (LoadedModel model = backend().load(graph, exact())) {
      badInput(model, Map.of(), "image");
      badInput(model, Map.of("image", image, "extra", image), "extra");
      badInput(model, Map.of("picture", image), "picture");
      badInput(model, image(image.reshape(Shape.of(2, 36))), "[2, 36]");
      badInput(model, image(Tensor.of(Shape.of(1, 2, 6, 5), new double[60])), "[1, 2, 6, 5]");
      badInput(model, image(Tensor.of(Shape.of(0, 2, 6, 6), new double[0])), "[0, 2, 6, 6]");
      badInput(model, image(Tensor.of(image.shape(), new long[72])), "int64");
      badTap(model, image, "nowhere");
      badTap(model, image, "class");
      badTap(model, image, "w0");
      Tap at = tap("left");
      try (ForwardPass pass = model.forward(image(image), Set.of(at))) {
        Tensor seed = seed(Shape.of(1, 3), 1);
        bad(() -> pass.activation(tap("right")), "right");
        bad(() -> pass.backward(Map.of(SCORES, seed), taps("right")), "right");
        bad(() -> pass.backward(Map.of(tap("right"), seed), Set.of(at)), "right");
        bad(() -> pass.backward(Map.of(SCORES, seed(Shape.of(1, 4), 1)), Set.of(at)), "[1, 4]");
        bad(() -> pass.backward(Map.of(tap("class"), seed(Shape.of(1), 1)), Set.of(at)), "class");
        bad(
            () -> pass.backward(Map.of(SCORES, Tensor.of(Shape.of(1, 3), 1L, 2, 3)), Set.of(at)),
            "int64");
        // A failed request leaves the pass as it was.
        assertThat(pass.backward(Map.of(SCORES, seed), Set.of(at))).containsKey(at);
      }
    }
  }

  private static void badInput(LoadedModel model, Map<String, Tensor> inputs, String named) {
    bad(() -> model.forward(inputs, Set.of()), named);
  }

  private static void badTap(LoadedModel model, Tensor image, String name) {
    bad(() -> model.forward(image(image), taps(name)), name);
  }

  private static void bad(Runnable request, String named) {
    assertThatThrownBy(request::run)
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(named);
  }

  @Test
  void whatIsNotThereIsRefused() {
    Node node = Networks.knownAnswer().nodes().get(0);
    for (Precision precision : Precision.values()) {
      if (!backend().precisions().contains(precision)) {
        assertThat(backend().refusal(node, precision)).isPresent();
        assertThatThrownBy(() -> backend().load(Networks.knownAnswer(), exact().with(precision)))
            .isInstanceOf(BackendException.class)
            .hasMessageContaining(precision.id());
      }
    }
    Device none = Device.gpu(4095);
    assertThatThrownBy(() -> backend().load(Networks.knownAnswer(), exact().with(none)))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining(none.toString());
  }

  /** A last tensor that is an input or a constant is an output like others. */
  @Test
  void inputsAndConstantsMayBeOutputs() {
    ModelGraph graph =
        new GraphBuilder()
            .input("image", 1, 2)
            .constant("fixed", Tensor.of(Shape.of(1, 2), 3f, 4f))
            .build("image", "fixed");
    Tensor image = Tensor.of(Shape.of(1, 2), 1f, 2f);
    Tap input = tap("image");
    try (LoadedModel model = backend().load(graph, exact());
        ForwardPass plain = model.forward(image(image), Set.of());
        ForwardPass pass = model.forward(image(image), Set.of(input))) {
      for (ForwardPass each : Arrays.asList(plain, pass)) {
        assertThat(each.outputs().get("image").toDoubleArray()).containsExactly(1, 2);
        assertThat(each.outputs().get("fixed").toDoubleArray()).containsExactly(3, 4);
      }
      Map<Tap, Tensor> gradients =
          pass.backward(
              Map.of(input, Tensor.of(Shape.of(1, 2), 5f, 6f), tap("fixed"), image), Set.of(input));
      assertThat(gradients.get(input).toDoubleArray()).containsExactly(5, 6);
    }
  }
}
