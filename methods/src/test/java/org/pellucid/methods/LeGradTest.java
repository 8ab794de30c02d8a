package org.pellucid.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pellucid.api.Explainer;
import org.pellucid.api.ForwardPass;
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
import org.pellucid.graph.Tensor;
import org.pellucid.testkit.ExplainerContract;
import org.pellucid.testkit.Networks;

class LeGradTest extends ExplainerContract {
  private static final Selection IMAGE = Selection.of(new Tap("image"));

  @Override
  protected Explainer explainer() {
    return new LeGrad();
  }

  private static LoadedModel load(ModelGraph graph) {
    return new ReferenceBackend().load(graph, LoadOptions.DEFAULT.with(Precision.FLOAT64));
  }

  private static StandardProbe probe(LoadedModel model, ModelGraph graph) {
    return StandardProbe.of(model)
        .inputs(Map.of("image", Networks.images(graph, 1, 3)))
        .target(Target.ofClass(1))
        .build();
  }

  @Test
  void gradientsAreThoseOfDifferencesOfEachLayersReadOut() {
    ModelGraph graph = Networks.transformer();
    try (LoadedModel model = load(graph)) {
      double[] expected = new double[4];
      add(expected, model, graph, "attention2", "tokens2");
      Options one = Options.DEFAULTS.with(LeGrad.LAYERS, 1);
      assertClose(new LeGrad().explain(probe(model, graph), IMAGE, one), expected);
      add(expected, model, graph, "attention1", "tokens1");
      assertClose(new LeGrad().explain(probe(model, graph), IMAGE, Options.DEFAULTS), expected);
    }
  }

  private static void assertClose(Saliency saliency, double[] expected) {
    assertThat(saliency.map().shape()).isEqualTo(Shape.of(2, 2));
    for (int t = 0; t < 4; t++) {
      assertThat(saliency.map().get(t)).isCloseTo(expected[t], within(1e-8));
    }
  }

  /** Adds the mean over heads and queries of what is positive, the class token left out. */
  private static void add(
      double[] map, LoadedModel model, ModelGraph graph, String attention, String tokens) {
    Map<String, Tensor> inputs = Map.of("image", Networks.images(graph, 1, 3));
    Set<Tap> taps = new HashSet<>(List.of(new Tap(attention), new Tap(tokens), new Tap("tokens2")));
    double step = 1e-5;
    try (ForwardPass pass = model.forward(inputs, taps)) {
      Tensor clean = pass.activation(new Tap(attention));
      for (int i = 0; i < clean.size(); i++) {
        double difference = 0;
        for (double side : new double[] {1, -1}) {
          double[] moved = clean.toDoubleArray();
          moved[i] += side * step;
          try (ForwardPass resumed =
                  pass.resume(new Tap(attention), Tensor.of(clean.shape(), moved));
              ForwardPass read =
                  pass.resume(new Tap("tokens2"), resumed.activation(new Tap(tokens)))) {
            difference += side * read.outputs().get("scores").get(1) / (2 * step);
          }
        }
        int patch = i % 5 - 1;
        if (patch >= 0) {
          map[patch] += Math.max(0, difference) / (clean.size() / 5.0);
        }
      }
    }
  }

  @Test
  void networksWithoutAttentionAreRefusedWithWhatWorks() {
    ModelGraph graph = Networks.residual();
    try (LoadedModel model = load(graph)) {
      StandardProbe probe = probe(model, graph);
      assertThatThrownBy(() -> new LeGrad().explain(probe, IMAGE, Options.DEFAULTS))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("attention maps")
          .hasMessageContaining("integrated-gradients");
    }
  }
}
