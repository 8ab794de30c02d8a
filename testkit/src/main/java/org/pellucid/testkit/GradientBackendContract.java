package org.pellucid.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Tap;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** What every backend must do. Extend it and inherit the proof. */
public abstract class GradientBackendContract {
  /** The backend. */
  protected abstract GradientBackend backend();

  @Test
  void knownAnswer() {
    Tap relu = new Tap("relu");
    Tap conv = new Tap("conv");
    Tap scores = new Tap("scores");
    try (LoadedModel model = backend().load(Networks.knownAnswer(), LoadOptions.DEFAULT);
        ForwardPass pass =
            model.forward(Map.of("image", Networks.knownAnswerImage()), Set.of(relu, conv))) {
      assertThat(pass.activation(relu).toFloatArray()).containsExactly(0, 4, 31, 40, 0, 0, 6, 15);
      assertThat(pass.outputs().get("scores").toFloatArray()).containsExactly(54, 0);
      Map<Tap, Tensor> g =
          pass.backward(Map.of(scores, Tensor.of(Shape.of(1, 2), 1f, 0f)), Set.of(relu, conv));
      assertThat(g.get(relu).toFloatArray()).containsExactly(1, 1, 1, 1, 1, -1, -1, -1);
      assertThat(g.get(conv).toFloatArray()).containsExactly(0, 1, 1, 1, 0, 0, -1, -1);
    }
  }
}
