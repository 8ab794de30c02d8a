package org.pellucid.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pellucid.api.Measurement;
import org.pellucid.api.Metric;
import org.pellucid.api.ObjectMask;
import org.pellucid.api.Options;
import org.pellucid.api.Target;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Unary;
import org.pellucid.testkit.GraphBuilder;
import org.pellucid.testkit.TestTrial;

/**
 * The numbers of other libraries, by {@code src/test/fixtures/make.py}: torchcam, pytorch-grad-cam,
 * Quantus, captum and scikit-learn.
 */
class ParityTest {
  /** Other libraries compute in float32. */
  private static final double TOLERANCE = 1e-4;

  private static JsonObject fixture;

  @BeforeAll
  static void read() throws IOException {
    try (Reader reader =
        new InputStreamReader(
            ParityTest.class.getResourceAsStream("/parity.json"), StandardCharsets.UTF_8)) {
      fixture = JsonParser.parseReader(reader).getAsJsonObject();
    }
  }

  private static double[] numbers(String key) {
    return numbers(fixture.getAsJsonArray(key));
  }

  private static double[] numbers(JsonArray array) {
    return array.asList().stream().mapToDouble(JsonElement::getAsDouble).toArray();
  }

  private static double expected(String name) {
    return fixture.getAsJsonObject("expected").get(name).getAsDouble();
  }

  private static double[] curve(String name) {
    return numbers(fixture.getAsJsonObject("expected").getAsJsonArray(name));
  }

  private static int side() {
    return fixture.getAsJsonArray("shape").get(1).getAsInt();
  }

  private static int channels() {
    return fixture.getAsJsonArray("shape").get(0).getAsInt();
  }

  private static Tensor constant(String key, int... dims) {
    return Tensor.of(Shape.of(dims), numbers(key)).cast(ElementType.FLOAT32);
  }

  private static TestTrial trial() {
    List<Integer> one = List.of(1, 1);
    ModelGraph graph =
        new GraphBuilder()
            .input("image", 1, channels(), side(), side())
            .constant("conv/weight", constant("convWeight", 4, channels(), 3, 3))
            .constant("conv/bias", constant("convBias", 4))
            .constant("linear/weight", constant("linearWeight", 3, 4))
            .node(
                "conv",
                new Conv(one, one, List.of(0, 0), List.of(0, 0), 1),
                "image",
                "conv/weight",
                "conv/bias")
            .node("relu", new Unary.Relu(), "conv")
            .node("mean", new Reduce.ReduceMean(List.of(2, 3), false), "relu")
            .node("scores", new Gemm(1, 1, false, true), "mean", "linear/weight")
            .build("scores");
    return TestTrial.of(
        graph,
        Tensor.of(Shape.of(1, channels(), side(), side()), numbers("image")),
        Target.ofClass(fixture.get("target").getAsInt()));
  }

  private static TestTrial mapped() {
    BitSet pixels = new BitSet();
    for (double pixel : numbers("object")) {
      pixels.set((int) pixel);
    }
    return trial().withMap(numbers("map")).withObjects(ObjectMask.of(side(), side(), pixels));
  }

  private static Measurement measure(Metric metric, TestTrial trial, String... options) {
    Map<String, String> texts = new java.util.HashMap<>();
    for (int i = 0; i < options.length; i += 2) {
      texts.put(options[i], options[i + 1]);
    }
    return metric.measure(trial, Options.parse(metric.options(), texts));
  }

  private static void check(Metric metric, String... options) {
    assertThat(measure(metric, mapped(), options).value().orElseThrow())
        .as(metric.id())
        .isCloseTo(expected(metric.id()), within(TOLERANCE));
  }

  @Test
  void confidence() {
    check(new AverageDrop());
    check(new IncreaseInConfidence());
    // pytorch-grad-cam gives the drop itself, which the paper divides by the clean confidence.
    TestTrial trial = mapped();
    double drop = measure(new AverageDrop(), trial).value().orElseThrow();
    assertThat(drop).isGreaterThan(0.01);
    assertThat(drop * trial.confidence())
        .isCloseTo(expected("drop of pytorch-grad-cam"), within(TOLERANCE));
    assertThat(expected("increase of pytorch-grad-cam")).isZero();
  }

  @Test
  void localisation() {
    check(new PointingGame());
    check(new MassAccuracy());
    check(new RankAccuracy());
    check(new EnergyInside());
    check(new Iou());
    check(new IouCurve());
  }

  @Test
  void sharpness() {
    check(new Entropy());
    check(new Gini());
  }

  @Test
  void pixelsThatComeAndGo() {
    compare(measure(new Deletion(), mapped(), "steps", "10"), curve("deletion curve"));
    compare(
        measure(new Insertion(), mapped(), "steps", "10", "fill", "zero"),
        curve("insertion curve"));
  }

  @Test
  void road() {
    check(new Road(), "noise", "0");
    compare(measure(new Road(), mapped(), "noise", "0"), curve("road curve"));
  }

  private static void compare(Measurement found, double[] expected) {
    assertThat(found.curve()).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(found.curve().get(i)).isCloseTo(expected[i], within(TOLERANCE));
    }
  }

  private static double[] change(int sample) {
    double[] changes = numbers("changes");
    int size = channels() * side() * side();
    return Arrays.copyOfRange(changes, sample * size, (sample + 1) * size);
  }

  private static Variants changed(Tensor image) {
    double[] clean = image.toDoubleArray();
    return Variants.of(
        numbers("changes").length / clean.length,
        image.shape(),
        sample -> {
          double[] pixels = change(sample);
          Arrays.setAll(pixels, i -> clean[i] - pixels[i]);
          return pixels;
        });
  }

  @Test
  void infidelity() {
    TestTrial trial = mapped();
    Variants changed = changed(trial.probe().inputMaps());
    double[] scores = trial.probe().scoresOf(trial.probe().variants(changed));
    double score = trial.probe().target().value(trial.probe().scores().toDoubleArray());
    double[] predicted = new double[scores.length];
    double[] found = new double[scores.length];
    double[] map = trial.signed().toDoubleArray();
    for (int sample = 0; sample < scores.length; sample++) {
      found[sample] = score - scores[sample];
      predicted[sample] = Infidelity.predicted(change(sample), map);
    }
    // Large numbers, of float32: the tolerance is relative.
    assertThat(Infidelity.of(predicted, found, Infidelity.Scale.NONE).value().orElseThrow())
        .isCloseTo(expected("infidelity"), within(TOLERANCE * expected("infidelity")));
    assertThat(Infidelity.of(predicted, found, Infidelity.Scale.OPTIMAL).value().orElseThrow())
        .isCloseTo(expected("infidelity, best factor"), within(TOLERANCE));
  }

  @Test
  void sensitivity() {
    TestTrial trial = trial();
    Variants changed = changed(trial.probe().inputMaps());
    double largest = 0;
    for (int sample = 0; sample < changed.count(); sample++) {
      largest =
          Math.max(
              largest,
              MaxSensitivity.change(
                  trial.saliency().map().toDoubleArray(),
                  trial.explain(changed, sample).map().toDoubleArray()));
    }
    assertThat(largest).isCloseTo(expected("max-sensitivity"), within(TOLERANCE));
  }
}
