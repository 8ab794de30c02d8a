package org.pellucid.it.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.api.Explainer;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Need;
import org.pellucid.api.Option;
import org.pellucid.api.Precision;
import org.pellucid.api.Progress;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Status;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.core.Explanation;
import org.pellucid.core.Layer;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Registry;
import org.pellucid.core.Request;
import org.pellucid.core.io.Npy;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.pass.TokenLayout;
import org.pellucid.it.Command;

/** Tokens of transformers as feature maps. */
class TokenLayersTest {
  @TempDir Path folder;

  private Pellucid load(String fixture, TokenLayout tokens) {
    return Pellucid.loader()
        .backend("djl")
        .precision(Precision.FLOAT64)
        .tokens(tokens)
        .load(ArchitectureFixture.of(fixture).write(folder));
  }

  /** The last layer at which patches have gradients: the norm before the last attention. */
  @ParameterizedTest
  @CsvSource({
    "vit, /blocks/blocks.2/norm1/LayerNormalization_output_0/grid, 4, 6",
    "vit-dynamo, layer_norm_4/grid, 4, 4",
    "deit, /blocks/blocks.2/norm1/Add_1_output_0/grid, 4, 6",
    "swin, /norm/LayerNormalization_output_0, 8, 8"
  })
  void default_layer_is_the_last_where_patches_count(
      String fixture, String layer, int rows, int columns) {
    try (Pellucid pellucid = load(fixture, TokenLayout.AUTO)) {
      Layer found = pellucid.layers().byDefault();
      assertThat(found.tap().tensor()).isEqualTo(layer);
      assertThat(found.shape().dim(1)).isEqualTo(rows);
      assertThat(found.shape().dim(2)).isEqualTo(columns);
      Explanation explanation =
          pellucid
              .explain(
                  "noise",
                  Map.of(pellucid.input(), ArchitectureFixture.of(fixture).image(0)),
                  Request.DEFAULT.withMethod("grad-cam"),
                  Progress.NONE)
              .get(0);
      assertThat(explanation.saliency().map().shape()).isEqualTo(Shape.of(rows, columns));
      assertThat(explanation.saliency().status()).isNotEqualTo(Status.DEGENERATE);
      // What comes after it, in front of the class token's head, has no gradients for patches.
      for (Layer layerBehind : pellucid.layers().all()) {
        if (layerBehind.position() > found.position()
            && layerBehind.tap().tensor().endsWith("/grid")) {
          assertThat(gradient(pellucid, fixture, layerBehind.tap())).containsOnly(0);
        }
      }
      assertThat(Arrays.stream(gradient(pellucid, fixture, found.tap()))).anyMatch(g -> g != 0);
    }
  }

  private static double[] gradient(Pellucid pellucid, String fixture, Tap tap) {
    return capture(pellucid, fixture, tap).gradients();
  }

  private static LayerCapture capture(Pellucid pellucid, String fixture, Tap tap) {
    return StandardProbe.of(pellucid.model(Set.of(tap)))
        .inputs(Map.of(pellucid.input(), ArchitectureFixture.of(fixture).image(0)))
        .scores(pellucid.scores().tensor())
        .target(Target.ofClass(1))
        .build()
        .capture(tap);
  }

  @ParameterizedTest
  @ValueSource(strings = {"vit", "vit-dynamo", "deit"})
  void feature_maps_are_the_tokens_of_patches_by_rows(String fixture) {
    ArchitectureFixture reference = ArchitectureFixture.of(fixture);
    ArchitectureFixture.Layer last = reference.layers().get(reference.layers().size() - 1);
    try (Pellucid pellucid = load(fixture, TokenLayout.AUTO)) {
      Tap tokens = last.tap();
      LayerCapture maps = capture(pellucid, fixture, pellucid.layers().find(last.tensor()).tap());
      Tensor activations;
      Tensor gradients;
      Tap scores = pellucid.scores();
      LoadedModel model = pellucid.model(Set.of(tokens));
      try (ForwardPass pass =
          model.forward(Map.of(pellucid.input(), reference.image(0)), Set.of(tokens, scores))) {
        double[] seed = new double[pass.activation(scores).size()];
        seed[1] = 1;
        activations = pass.activation(tokens);
        gradients =
            pass.backward(
                    Map.of(scores, Tensor.of(pass.activation(scores).shape(), seed)),
                    Set.of(tokens))
                .get(tokens);
      }
      int skip = last.tokens().before();
      int channels = maps.maps();
      for (int k = 0; k < channels; k++) {
        for (int cell = 0; cell < maps.cells(); cell++) {
          int token = (skip + cell) * channels + k;
          assertThat(maps.activations()[k * maps.cells() + cell]).isEqualTo(activations.get(token));
          // The same sums, perhaps in another order.
          assertThat(maps.gradients()[k * maps.cells() + cell])
              .isCloseTo(gradients.get(token), within(1e-12));
        }
      }
    }
  }

  @Test
  void replacing_all_patches_by_themselves_changes_nothing() {
    try (Pellucid pellucid = load("vit", TokenLayout.AUTO)) {
      Tap tap = pellucid.layers().byDefault().tap();
      StandardProbe probe =
          StandardProbe.of(pellucid.model(Set.of(tap)))
              .inputs(Map.of(pellucid.input(), ArchitectureFixture.of("vit").image(0)))
              .scores(pellucid.scores().tensor())
              .target(Target.top())
              .build();
      LayerCapture capture = probe.capture(tap);
      Tensor same = Tensor.of(capture.shape(), capture.activations());
      double[] resumed = probe.scoresFrom(tap, inputs(same, same, same));
      assertThat(resumed)
          .containsExactly(
              new double[] {capture.score(), capture.score(), capture.score()}, within(1e-12));
    }
  }

  private static org.pellucid.api.Inputs inputs(Tensor... tensors) {
    return new org.pellucid.api.Inputs() {
      @Override
      public int count() {
        return tensors.length;
      }

      @Override
      public Tensor get(int index) {
        return tensors[index];
      }
    };
  }

  @Test
  void layout_can_be_said() {
    try (Pellucid pellucid = load("deit", TokenLayout.skip(2))) {
      assertThat(pellucid.layers().byDefault().shape()).isEqualTo(Shape.of(32, 4, 6));
    }
  }

  @Test
  void layout_as_a_grid_of_another_form() {
    try (Pellucid pellucid = load("deit", TokenLayout.grid(6, 4))) {
      assertThat(pellucid.layers().byDefault().shape()).isEqualTo(Shape.of(32, 6, 4));
    }
  }

  @Test
  void layout_that_does_not_fit_is_refused() {
    assertThatThrownBy(() -> load("deit", TokenLayout.grid(9, 9)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("9 x 9")
        .hasMessageContaining("[1, 26, 32]");
  }

  @Test
  void layout_is_said_on_the_command_line() throws IOException {
    ArchitectureFixture deit = ArchitectureFixture.of("deit");
    Path model = deit.write(folder);
    Path image = folder.resolve("deit.npy");
    Npy.write(image, deit.image(0));
    Map<String, Shape> layouts =
        Map.of(
            "auto", Shape.of(4, 6),
            "skip:2", Shape.of(4, 6),
            "4x6", Shape.of(4, 6),
            "6x4", Shape.of(6, 4));
    for (Map.Entry<String, Shape> layout : layouts.entrySet()) {
      Path out = folder.resolve(layout.getKey().replace(':', '-'));
      String tokens = "--tokens=" + layout.getKey();
      Command.Outcome outcome =
          Command.run(
              "explain",
              model,
              tokens,
              "--preset=none",
              "--npy",
              image,
              "--method=grad-cam",
              "--format=npy",
              "-o",
              out);
      assertThat(outcome.code()).as(outcome.err()).isZero();
      Shape space = layout.getValue();
      assertThat(Npy.read(out.resolve("deit.grad-cam.npy")).shape()).isEqualTo(space);
      assertThat(Command.run("layers", model, tokens, "--preset=none").out())
          .contains("32x" + space.dim(0) + "x" + space.dim(1));
    }
    for (String wrong : List.of("9x9", "skip:x", "rows")) {
      Command.Outcome refused = Command.run("layers", model, "--tokens", wrong, "--preset=none");
      assertThat(refused.code()).as(wrong).isNotZero();
      assertThat(refused.err()).startsWith("pellucid: ").contains(wrong.replace("9x9", "9 x 9"));
    }
  }

  /** What makes methods of many passes quick. */
  private static final Map<String, Integer> FEW =
      Map.of("trials", 2, "steps", 2, "samples", 2, "updates", 20, "top", 4);

  @ParameterizedTest
  @CsvSource({"vit, 4, 6", "deit, 4, 6", "swin, 8, 8"})
  void every_method_of_a_layer_explains_tokens(String fixture, int rows, int columns) {
    try (Pellucid pellucid = load(fixture, TokenLayout.AUTO)) {
      Tensor image = ArchitectureFixture.of(fixture).image(0);
      Shape pixels = pellucid.graph().type(pellucid.input()).shape();
      for (Explainer method : Registry.ofClassPath().explainers()) {
        // A linear head behind global pooling is behind a norm here, and not of the layer's own.
        if (!method.needs().contains(Need.LAYER) || method.needs().contains(Need.LINEAR_HEAD)) {
          continue;
        }
        Request request = Request.DEFAULT.withMethod(method.id());
        for (Option<?> option : method.options()) {
          if (FEW.containsKey(option.name())) {
            request = request.withOption(option.name(), FEW.get(option.name()));
          }
        }
        Explanation explanation =
            pellucid
                .explain("noise", Map.of(pellucid.input(), image), request, Progress.NONE)
                .get(0);
        boolean enlarged = ENLARGED.contains(method.id());
        assertThat(explanation.saliency().map().shape())
            .as(method.id())
            .isEqualTo(enlarged ? Shape.of(pixels.dim(2), pixels.dim(3)) : Shape.of(rows, columns));
        // Guidance stops at nothing here: there is no ReLU.
        assertThat(explanation.saliency().status()).as(method.id()).isNotEqualTo(Status.DEGENERATE);
      }
    }
  }

  /** Maps of the image's size, of methods that look at a layer. */
  private static final Set<String> ENLARGED =
      Set.of("guided-grad-cam", "guided-smooth-grad-cam++", "refine-cam");
}
