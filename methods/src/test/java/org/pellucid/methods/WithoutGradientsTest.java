package org.pellucid.methods;

import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.api.Explainer;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.ForwardingModel;
import org.pellucid.api.ForwardingPass;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Need;
import org.pellucid.api.Options;
import org.pellucid.api.Precision;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Tap;
import org.pellucid.api.reference.ReferenceBackend;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Tensor;
import org.pellucid.testkit.Networks;
import org.pellucid.testkit.SaliencyAssert;

/** Methods that say they need no gradients ask for none. */
class WithoutGradientsTest {
  static List<Explainer> withoutGradients() {
    Set<Need> ofGradients =
        Set.of(
            Need.LAYER_GRADIENTS,
            Need.INPUT_GRADIENTS,
            Need.GRADIENT_RULES,
            Need.SECOND_DERIVATIVES,
            Need.ATTENTION);
    return ServiceLoader.load(Explainer.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(explainer -> explainer.needs().stream().noneMatch(ofGradients::contains))
        .toList();
  }

  static Stream<String> ids() {
    return withoutGradients().stream().map(Explainer::id);
  }

  /** A model that only runs forward. */
  private static final class ForwardModel extends ForwardingModel {
    ForwardModel(LoadedModel model) {
      super(model);
    }

    @Override
    public LoadedModel companion(Object key, LoadOptions other, Supplier<ModelGraph> network) {
      throw new AssertionError("Another network was asked for");
    }

    @Override
    public ForwardPass forward(Map<String, Tensor> inputs, Set<Tap> taps) {
      return new ForwardOnly(super.forward(inputs, taps));
    }
  }

  private static final class ForwardOnly extends ForwardingPass {
    ForwardOnly(ForwardPass pass) {
      super(pass);
    }

    @Override
    public Map<Tap, Tensor> backward(Map<Tap, Tensor> seeds, Set<Tap> at) {
      throw new AssertionError("Gradients were asked for at " + at);
    }

    @Override
    public ForwardPass resume(Tap from, Tensor activations) {
      return new ForwardOnly(super.resume(from, activations));
    }
  }

  @ParameterizedTest
  @MethodSource("ids")
  void asksForNone(String id) {
    Explainer explainer =
        withoutGradients().stream().filter(each -> each.id().equals(id)).findFirst().orElseThrow();
    ModelGraph graph = Networks.residual();
    LoadOptions options = LoadOptions.DEFAULT.with(Precision.FLOAT64);
    try (LoadedModel model = new ForwardModel(new ReferenceBackend().load(graph, options))) {
      StandardProbe probe =
          StandardProbe.of(model).inputs(Map.of("image", Networks.images(graph, 1, 3))).build();
      String place = explainer.needs().contains(Need.LAYER) ? "block2 out" : "image";
      Saliency saliency = explainer.explain(probe, Selection.of(new Tap(place)), Options.DEFAULTS);
      SaliencyAssert.assertThat(saliency).isFinite();
    }
  }
}
