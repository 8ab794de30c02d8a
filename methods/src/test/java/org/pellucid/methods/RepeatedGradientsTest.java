package org.pellucid.methods;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Options;
import org.pellucid.api.Precision;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Target;
import org.pellucid.api.reference.ReferenceBackend;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Unary;
import org.pellucid.testkit.AveragesInJava;
import org.pellucid.testkit.GraphBuilder;
import org.pellucid.testkit.SmallNetwork;

/**
 * Smooth Grad-CAM++ before an average over cells, where each feature map has one gradient: to the
 * last bit as by averages that are written out cell by cell.
 */
class RepeatedGradientsTest {
  /** A layer of 3 maps, whose gradients depend on the image, and are zero for one of the maps. */
  private static ModelGraph network() {
    return new GraphBuilder()
        .input("image", 1, 3, 3, 4)
        .node("layer", new Unary.Relu(), "image")
        .node("mean", new Reduce.ReduceMean(List.of(2, 3), false), "layer")
        .node("squares", new Binary.Mul(), "mean", "mean")
        .constant("dense", Tensor.of(Shape.of(3, 2), 3f, 1f, -2f, 2f, 0f, 0f))
        .node("scores", new Gemm(1, 1, false, false), "squares", "dense")
        .build("scores");
  }

  static Stream<Selection> selections() {
    return SmallNetwork.selections();
  }

  @ParameterizedTest
  @MethodSource("selections")
  void mapsAreThoseOfEveryCell(Selection selection) {
    double[] pixels = new Random(6).doubles(36, -1, 2).toArray();
    double[] infinite = pixels.clone();
    infinite[15] = Double.POSITIVE_INFINITY;
    try (LoadedModel model =
        new ReferenceBackend().load(network(), LoadOptions.DEFAULT.with(Precision.FLOAT64))) {
      for (double[] image : List.of(pixels, infinite, new double[36])) {
        for (String formula : List.of("corrected", "paper")) {
          for (String score : List.of("logit", "exp")) {
            for (String samples : List.of("1", "12", "auto")) {
              SmoothGradCamPlusPlus method = new SmoothGradCamPlusPlus();
              Options options =
                  Options.parse(
                      method.options(),
                      Map.of(
                          "formula",
                          formula,
                          "score",
                          score,
                          "samples",
                          samples,
                          "noise",
                          "0.3",
                          "tolerance",
                          "0.2"));
              Saliency found = method.explain(probe(model, image), selection, options);
              Saliency expected =
                  method.explain(AveragesInJava.of(probe(model, image)), selection, options);
              assertSame(found, expected);
              assertThat(found.standardError().isPresent())
                  .isEqualTo(image == pixels && !samples.equals("1"));
            }
          }
        }
      }
    }
  }

  private static StandardProbe probe(LoadedModel model, double[] image) {
    return StandardProbe.of(model)
        .inputs(Map.of("image", Tensor.of(Shape.of(1, 3, 3, 4), image)))
        .target(Target.ofClass(0))
        .build();
  }

  private static void assertSame(Saliency found, Saliency expected) {
    assertThat(found.map().toDoubleArray()).isEqualTo(expected.map().toDoubleArray());
    assertThat(found.standardError().map(error -> Arrays.toString(error.toDoubleArray())))
        .isEqualTo(expected.standardError().map(error -> Arrays.toString(error.toDoubleArray())));
    assertThat(found.contributions()).isEqualTo(expected.contributions());
    assertThat(found.status()).isEqualTo(expected.status());
    assertThat(found.warnings()).isEqualTo(expected.warnings());
    assertThat(found.measures()).isEqualTo(expected.measures());
  }
}
