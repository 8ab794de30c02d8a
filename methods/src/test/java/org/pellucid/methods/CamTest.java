package org.pellucid.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.pellucid.api.Explainer;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Options;
import org.pellucid.api.Precision;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.api.reference.ReferenceBackend;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.testkit.Networks;
import org.pellucid.testkit.SaliencyAssert;

/** CAM of a network with global average pooling and a linear layer, and of others. */
class CamTest {
  private static final ModelGraph RESIDUAL = Networks.residual();

  private static Saliency explain(Explainer explainer, ModelGraph graph, String layer, int target) {
    LoadOptions options = LoadOptions.DEFAULT.with(Precision.FLOAT64);
    try (LoadedModel model = new ReferenceBackend().load(graph, options)) {
      StandardProbe probe =
          StandardProbe.of(model)
              .inputs(Map.of("image", Networks.images(graph, 1, 3)))
              .target(Target.ofClass(target))
              .build();
      Saliency saliency = explainer.explain(probe, Selection.of(new Tap(layer)), Options.DEFAULTS);
      if (explainer instanceof Cam) {
        double score = probe.scores().get(target);
        double bias = graph.constants().get("head bias").get(target);
        double mean = Arrays.stream(saliency.map().toDoubleArray()).average().orElseThrow();
        assertThat(mean).isCloseTo(score - bias, within(1e-12));
      }
      return saliency;
    }
  }

  @Test
  void weightsAreTheClassifiersAndTheMapIsGradCamTimesTheNumberOfCells() {
    double[] head = RESIDUAL.constants().get("head").toDoubleArray();
    for (int target = 0; target < 3; target++) {
      Saliency saliency = explain(new Cam(), RESIDUAL, "block2 out", target);
      SaliencyAssert.assertThat(saliency)
          .hasWeights(0, Arrays.copyOfRange(head, 6 * target, 6 * target + 6));
      double[] gradCam =
          explain(new GradCam(), RESIDUAL, "block2 out", target).map().toDoubleArray();
      SaliencyAssert.assertThat(saliency)
          .hasMap(Shape.of(3, 3), 1e-11, Arrays.stream(gradCam).map(x -> 9 * x).toArray());
    }
  }

  @Test
  void otherLayersAndNetworksAreRefusedWithWhatWorks() {
    for (String layer : new String[] {"block2 sum", "block1 out"}) {
      assertThatThrownBy(() -> explain(new Cam(), RESIDUAL, layer, 0))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining(layer)
          .hasMessageContaining("grad-cam");
    }
    assertThatThrownBy(() -> explain(new Cam(), Networks.knownAnswer(), "relu", 0))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("global average pooling");
  }
}
