package org.pellucid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.api.Explainer;
import org.pellucid.api.Inputs;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Need;
import org.pellucid.api.Noise;
import org.pellucid.api.Options;
import org.pellucid.api.Precision;
import org.pellucid.api.Selection;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.api.reference.ReferenceBackend;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.onnx.OnnxImporter;

/**
 * The maps of pytorch-grad-cam, torch-cam and captum on a tiny network, made by {@code
 * src/test/fixtures/make_parity.py}: equal where their formula is the paper's, and as far from it
 * as {@code docs/methods.md} says where it is not.
 */
class ParityTest {
  /** Sums of float64 in another order; decompositions go through a few more. */
  private static final double EQUAL = 1e-9;

  /** Those that a library gives, or weighs, in float32, or keeps from 0 by a small number. */
  private static final double FLOAT32 = 1e-6;

  /** What the script wrote. */
  private record Facts(
      double[] image,
      double[] activations,
      double[] gradients,
      int samples,
      double level,
      double[][] noise,
      Map<String, Map<String, double[]>> maps) {}

  /**
   * How far a library's map is from this one, as a part of its largest magnitude.
   *
   * @param options of the explainer, for which both are compared
   * @param difference 0 where they are equal
   */
  private record Expected(Map<String, String> options, double difference, double tolerance) {}

  private static Facts facts;
  private static LoadedModel network;
  private static LoadedModel pooled;

  @BeforeAll
  static void load() throws IOException, URISyntaxException {
    Path folder = Path.of(ParityTest.class.getResource("/parity/parity.json").toURI()).getParent();
    facts = new Gson().fromJson(Files.readString(folder.resolve("parity.json")), Facts.class);
    network = load(folder.resolve("network.onnx"));
    pooled = load(folder.resolve("pooled.onnx"));
  }

  private static LoadedModel load(Path file) {
    return new ReferenceBackend()
        .load(
            new OnnxImporter().read(file, ImportOptions.DEFAULT),
            LoadOptions.DEFAULT.with(Precision.FLOAT64));
  }

  @AfterAll
  static void close() {
    network.close();
    pooled.close();
  }

  private static StandardProbe probe(LoadedModel model) {
    return StandardProbe.of(model)
        .inputs(Map.of("image", Tensor.of(Shape.of(1, 3, 8, 8), facts.image())))
        .target(Target.ofClass(0))
        .build();
  }

  private static final Tap LAYER = new Tap("/relu2/Relu_output_0");

  @Test
  void activationsGradientsAndNoiseAreTheSame() {
    StandardProbe probe = probe(network);
    LayerCapture capture = probe.capture(LAYER);
    assertThat(difference(facts.activations(), capture.activations())).isLessThan(1e-12);
    assertThat(difference(facts.gradients(), capture.gradients())).isLessThan(1e-12);
    Inputs copies = probe.noisy(Noise.level(facts.samples(), facts.level(), 0));
    for (int m = 0; m < facts.samples(); m++) {
      double[] noise = copies.get(m).toDoubleArray();
      for (int i = 0; i < noise.length; i++) {
        noise[i] -= facts.image()[i];
      }
      assertThat(difference(facts.noise()[m], noise)).isLessThan(1e-12);
    }
  }

  /** The largest difference, as a part of the first's largest magnitude. */
  private static double difference(double[] theirs, double[] ours) {
    assertThat(ours).hasSameSizeAs(theirs);
    double largest = Arrays.stream(theirs).map(Math::abs).max().orElseThrow();
    double worst = 0;
    for (int i = 0; i < ours.length; i++) {
      worst = Math.max(worst, Math.abs(ours[i] - theirs[i]));
    }
    return worst / largest;
  }

  private static double[] map(String method, Map<String, String> options) {
    Explainer explainer =
        ServiceLoader.load(Explainer.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(each -> each.id().equals(method))
            .findFirst()
            .orElseThrow();
    StandardProbe probe = probe(explainer.needs().contains(Need.LINEAR_HEAD) ? pooled : network);
    Tap place = explainer.needs().contains(Need.LAYER) ? LAYER : probe.inputTap();
    return explainer
        .explain(probe, Selection.of(place), Options.parse(explainer.options(), options))
        .map()
        .toDoubleArray();
  }

  /** ReLU, then 0 to 1. */
  private static double[] scaled(double[] map) {
    double[] positive = Arrays.stream(map).map(x -> Math.max(0, x)).toArray();
    double min = Arrays.stream(positive).min().orElseThrow();
    double max = Arrays.stream(positive).max().orElseThrow();
    return Arrays.stream(positive).map(x -> (x - min) / (max - min)).toArray();
  }

  static Stream<Arguments> comparisons() {
    return EXPECTED.entrySet().stream()
        .flatMap(
            library ->
                library.getValue().entrySet().stream()
                    .map(one -> Arguments.of(library.getKey(), one.getKey(), one.getValue())));
  }

  @ParameterizedTest
  @MethodSource("comparisons")
  void mapsDifferAsTheDocumentationSays(String library, String method, Expected expected) {
    double[] theirs = facts.maps().get(library).get(method);
    double[] ours = map(method, expected.options());
    double difference =
        library.endsWith("scaled")
            ? difference(theirs, scaled(ours))
            // The sign of a principal component is nobody's to say.
            : Math.min(
                difference(theirs, ours),
                method.equals("kpca-cam")
                    ? difference(Arrays.stream(theirs).map(x -> -x).toArray(), ours)
                    : Double.POSITIVE_INFINITY);
    assertThat(difference).isCloseTo(expected.difference(), within(expected.tolerance()));
  }

  /** What a method's section says of libraries: between {@code Cost:} and the next section. */
  private static String said(String document, String method) {
    String section = document.substring(document.indexOf("### `" + method + "`\n"));
    int end = section.indexOf("\n### ", 1);
    String whole = end < 0 ? section : section.substring(0, end);
    return whole.substring(whole.indexOf("\nCost: "));
  }

  @ParameterizedTest
  @MethodSource("comparisons")
  void theDocumentationSaysByHowMuch(String library, String method, Expected expected)
      throws IOException {
    String said = said(Files.readString(Path.of("../docs/methods.md")), method);
    String name = library.replace(", scaled", "");
    // "pytorch-grad-cam, torch-cam and captum: equal." or "torch-cam: 0.36 apart; it ..."
    Matcher sentence =
        Pattern.compile("[^.;]*\\b" + name + "\\b[^:]*: (equal|[0-9.]+ apart)").matcher(said);
    assertThat(sentence.find()).as("%s of %s: %s", method, name, said).isTrue();
    if (expected.difference() == 0) {
      assertThat(sentence.group(1)).isEqualTo("equal");
    } else {
      double told = Double.parseDouble(sentence.group(1).replace(" apart", ""));
      assertThat(told).isEqualTo(expected.difference());
    }
  }

  @Test
  void theDocumentationSaysOfEveryOtherMethodThatItIsNotCompared() throws IOException {
    String document = Files.readString(Path.of("../docs/methods.md"));
    for (Explainer explainer : ServiceLoader.load(Explainer.class)) {
      boolean compared = EXPECTED.values().stream().anyMatch(of -> of.containsKey(explainer.id()));
      if (!compared) {
        assertThat(said(document, explainer.id()))
            .as(explainer.id())
            .containsPattern("Not in these libraries|Not compared");
      }
    }
  }

  @Test
  void everyMapIsCompared() {
    Map<String, List<String>> compared = new LinkedHashMap<>();
    EXPECTED.forEach((library, methods) -> compared.put(library, sorted(methods)));
    Map<String, List<String>> stored = new LinkedHashMap<>();
    facts.maps().forEach((library, methods) -> stored.put(library, sorted(methods)));
    assertThat(compared).isEqualTo(stored);
  }

  private static List<String> sorted(Map<String, ?> methods) {
    return methods.keySet().stream().sorted().toList();
  }

  private static Expected equal() {
    return new Expected(Map.of(), 0, EQUAL);
  }

  private static Expected inFloat32() {
    return new Expected(Map.of(), 0, FLOAT32);
  }

  private static Expected apart(double difference) {
    // Two digits, as many as the documentation gives.
    return new Expected(Map.of(), difference, 0.03 * difference);
  }

  private static Expected inFloat32(Map<String, String> options) {
    return new Expected(options, 0, FLOAT32);
  }

  private static final Map<String, Map<String, Expected>> EXPECTED =
      Map.of(
          "pytorch-grad-cam",
          Map.ofEntries(
              Map.entry("grad-cam", equal()),
              Map.entry("grad-cam++", apart(0.0019)),
              Map.entry("xgrad-cam", inFloat32()),
              Map.entry("layer-cam", equal()),
              Map.entry("hires-cam", equal()),
              Map.entry("grad-cam-elementwise", equal()),
              Map.entry("eigen-cam", apart(0.56)),
              Map.entry("eigen-grad-cam", apart(0.067)),
              Map.entry("seg-eigen-cam", apart(0.24)),
              Map.entry("kpca-cam", inFloat32()),
              Map.entry("fem", apart(3.6)),
              Map.entry("score-cam", apart(0.0018)),
              Map.entry("ablation-cam", inFloat32()),
              Map.entry("shapley-cam", inFloat32()),
              Map.entry("finer-cam", apart(0.0072)),
              Map.entry("guided-backpropagation", inFloat32())),
          "pytorch-grad-cam, scaled",
          Map.of("full-grad", apart(0.37), "refine-cam", apart(0.071)),
          "torch-cam",
          Map.of(
              "cam", equal(),
              "grad-cam", equal(),
              "grad-cam++", apart(297),
              "smooth-grad-cam++", new Expected(Map.of("samples", "5"), 0.36, 0.01),
              "xgrad-cam", inFloat32(),
              "layer-cam", equal(),
              "score-cam", apart(0.0016),
              "is-cam", apart(0.0045)),
          "captum",
          Map.of(
              "gradient", equal(),
              "input-x-gradient", equal(),
              "integrated-gradients", inFloat32(Map.of("steps", "50")),
              "guided-backpropagation", equal(),
              "guided-grad-cam", equal(),
              "grad-cam", equal(),
              "occlusion", inFloat32(Map.of("window", "2", "stride", "1", "fill", "zero"))));
}
