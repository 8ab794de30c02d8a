package org.pellucid.it.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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
import org.pellucid.api.ForwardPass;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Precision;
import org.pellucid.api.Progress;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Status;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.core.Explanation;
import org.pellucid.core.Layer;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Request;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.pass.TokenLayout;

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
  void every_method_of_a_layer_explains_tokens() {
    try (Pellucid pellucid = load("vit", TokenLayout.AUTO)) {
      for (String method :
          List.of("smooth-grad-cam++", "layer-cam", "eigen-cam", "ablation-cam", "score-cam")) {
        Request request = Request.DEFAULT.withMethod(method);
        Explanation explanation =
            pellucid
                .explain(
                    "noise",
                    Map.of(pellucid.input(), ArchitectureFixture.of("vit").image(0)),
                    request,
                    Progress.NONE)
                .get(0);
        assertThat(explanation.saliency().map().shape()).as(method).isEqualTo(Shape.of(4, 6));
      }
    }
  }
}
