package org.pellucid.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.Progress;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Registry;
import org.pellucid.core.dataset.DataSet;
import org.pellucid.core.evaluate.Evaluation;
import org.pellucid.core.evaluate.EvaluationRequest;
import org.pellucid.core.evaluate.EvaluationResult;

/** How many images an evaluation sends through the network: no more than its questions need. */
class EvaluationCostTest {
  private static final Path EXAMPLES = Path.of("..", "examples");

  @TempDir private Path folder;

  private Registry registry() throws IOException {
    Path services = folder.resolve("services/META-INF/services");
    Files.createDirectories(services);
    Files.writeString(
        services.resolve(GradientBackend.class.getName()), CountedBackend.class.getName());
    URL url = folder.resolve("services").toUri().toURL();
    return Registry.of(new URLClassLoader(new URL[] {url}, getClass().getClassLoader()));
  }

  private int cost(EvaluationRequest request, String out) throws IOException {
    // Single objects and several of one class: one class per image.
    DataSet data = DataSet.open(EXAMPLES).first(3);
    CountedBackend.forward();
    try (Evaluation evaluation =
        Evaluation.of(
            Pellucid.loader().registry(registry()),
            EXAMPLES.resolve("shapes.onnx"),
            List.of("counted"),
            data,
            request.withBaselines(false))) {
      EvaluationResult result = evaluation.run(folder.resolve(out), Progress.NONE);
      assertThat(result.failures()).isEmpty();
      assertThat(result.outcomes()).allMatch(outcome -> outcome.failure().isEmpty());
      return CountedBackend.forward();
    }
  }

  @Test
  void sixMethodsAndSixMetricsShareWhatTheyAsk() throws IOException {
    EvaluationRequest request =
        EvaluationRequest.DEFAULT
            .withMethods(
                "grad-cam",
                "grad-cam++",
                "smooth-grad-cam++:samples=5",
                "layer-cam",
                "xgrad-cam",
                "hires-cam")
            .withMetrics(
                "average-drop",
                "increase-in-confidence",
                "average-gain",
                "insertion:steps=8",
                "deletion:steps=8",
                "infidelity:samples=10");
    // The image, which five of the methods share, and five noisy copies. Per method, the image
    // times its map, and 7 images on either way between all and nothing; nothing itself once for
    // either way, and 10 changed images once for all.
    int needed = 1 + 5 + 6 * (1 + 7 + 7) + 2 + 10;
    int cost = cost(request, "six");
    assertThat(cost).isLessThanOrEqualTo((int) (1.2 * 3 * needed));
    assertThat(cost).isEqualTo(3 * needed);
  }

  @Test
  void changedImagesAreExplainedOnceForAllMethods() throws IOException {
    EvaluationRequest request =
        EvaluationRequest.DEFAULT
            .withMethods("grad-cam", "grad-cam++", "layer-cam")
            .withMetrics("max-sensitivity:samples=4", "parameter-randomisation:stages=2");
    assertThat(cost(request, "again")).isEqualTo(3 * (1 + 4 + 2));
  }

  @Test
  void severalLayersShareThePasses() throws IOException {
    EvaluationRequest request =
        EvaluationRequest.DEFAULT
            .withMethods("grad-cam", "grad-cam++")
            .withLayers("conv:-1", "conv:-3")
            .withMetrics("entropy", "pointing-game", "iou-curve");
    assertThat(cost(request, "layers")).isEqualTo(3);
  }
}
