package org.pellucid.it.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Precision;
import org.pellucid.api.Progress;
import org.pellucid.api.Status;
import org.pellucid.api.Tap;
import org.pellucid.core.Explanation;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Request;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Softmax;

/** LeGrad on transformers as real exporters write them. */
class AttentionMapsTest {
  private static final int CLASS = 1;

  @TempDir Path folder;

  private Pellucid load(String fixture) {
    return Pellucid.loader()
        .backend("djl")
        .precision(Precision.FLOAT64)
        .load(ArchitectureFixture.of(fixture).write(folder));
  }

  private static Explanation explain(Pellucid pellucid, String fixture, Request request) {
    return pellucid
        .explain(
            "noise",
            Map.of(pellucid.input(), ArchitectureFixture.of(fixture).image(0)),
            request.withTarget(CLASS),
            Progress.NONE)
        .get(0);
  }

  @ParameterizedTest
  @CsvSource({"vit, 3, 4, 6", "vit-dynamo, 3, 4, 4", "deit, 3, 4, 6"})
  void attention_of_every_layer_is_found(String fixture, int depth, int rows, int columns) {
    try (Pellucid pellucid = load(fixture)) {
      Request request = Request.DEFAULT.withMethod("le-grad");
      Explanation all = explain(pellucid, fixture, request);
      assertThat(all.saliency().map().shape()).isEqualTo(Shape.of(rows, columns));
      assertThat(all.saliency().measures()).containsEntry("layers", (double) depth);
      assertThat(all.saliency().status()).isEqualTo(Status.OK);
      // Every layer adds, and takes nothing away.
      double[] before = new double[rows * columns];
      for (int layers = 1; layers <= depth; layers++) {
        double[] map =
            explain(pellucid, fixture, request.withOption("layers", layers))
                .saliency()
                .map()
                .toDoubleArray();
        for (int patch = 0; patch < map.length; patch++) {
          assertThat(map[patch]).isGreaterThanOrEqualTo(before[patch]);
        }
        assertThat(Arrays.stream(map).sum()).isGreaterThan(Arrays.stream(before).sum());
        before = map;
      }
      assertThat(before).containsExactly(all.saliency().map().toDoubleArray());
    }
  }

  /** Where the last layer's attention to a patch would raise the score, by central differences. */
  @ParameterizedTest
  @CsvSource({"vit, 24", "vit-dynamo, 16", "deit, 24"})
  void the_last_layer_is_what_differences_find(String fixture, int patches) {
    try (Pellucid pellucid = load(fixture)) {
      ModelGraph graph = pellucid.graph();
      Tap attention = new Tap(lastSoftmax(graph, pellucid.scores().tensor()));
      double[] map =
          explain(pellucid, fixture, Request.DEFAULT.withMethod("le-grad").withOption("layers", 1))
              .saliency()
              .map()
              .toDoubleArray();
      LoadedModel model = pellucid.model(Set.of(attention));
      Set<Tap> taps = new HashSet<>(List.of(attention, pellucid.scores()));
      Tensor image = ArchitectureFixture.of(fixture).image(0);
      try (ForwardPass pass = model.forward(Map.of(pellucid.input(), image), taps)) {
        Tensor clean = pass.activation(attention);
        int tokens = clean.shape().dim(clean.shape().rank() - 1);
        int rowCount = clean.size() / tokens;
        for (int patch : new int[] {0, patches - 1}) {
          double expected = 0;
          for (int row = 0; row < rowCount; row++) {
            int at = row * tokens + tokens - patches + patch;
            double difference = score(pass, attention, clean, at, 1e-5, pellucid.scores());
            difference -= score(pass, attention, clean, at, -1e-5, pellucid.scores());
            expected += Math.max(0, difference / 2e-5) / rowCount;
          }
          // Differences in float64 are good to about 1e-10 by 1e-5 of scores of size 1.
          assertThat(map[patch]).isCloseTo(expected, within(1e-8));
        }
      }
    }
  }

  private static double score(
      ForwardPass pass, Tap attention, Tensor clean, int at, double step, Tap scores) {
    double[] moved = clean.toDoubleArray();
    moved[at] += step;
    try (ForwardPass resumed = pass.resume(attention, Tensor.of(clean.shape(), moved))) {
      return resumed.activation(scores).get(CLASS);
    }
  }

  private static String lastSoftmax(ModelGraph graph, String scores) {
    Set<String> leading = graph.upstream(Set.of(scores));
    return graph.nodes().stream()
        .filter(node -> node.operation() instanceof Softmax && leading.contains(node.output()))
        .map(Node::output)
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  @Test
  void attention_within_windows_is_refused_with_what_works() {
    try (Pellucid pellucid = load("swin")) {
      assertThatThrownBy(() -> explain(pellucid, "swin", Request.DEFAULT.withMethod("le-grad")))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("within windows of 16 tokens")
          .hasMessageContaining("grad-cam");
    }
  }

  @Test
  void networks_without_attention_are_refused() {
    try (Pellucid pellucid = load("vgg")) {
      assertThatThrownBy(() -> explain(pellucid, "vgg", Request.DEFAULT.withMethod("le-grad")))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("no softmax of products")
          .hasMessageContaining("grad-cam");
    }
  }
}
