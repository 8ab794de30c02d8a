package org.pellucid.core.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.api.BackendException;
import org.pellucid.api.Explainer;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Precision;
import org.pellucid.api.Progress;
import org.pellucid.core.Loader;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Registry;
import org.pellucid.core.Subject;
import org.pellucid.core.compare.LayerComparison.BackendAgreement;
import org.pellucid.core.render.HeatmapSettings;
import org.pellucid.graph.UnsupportedModelException;

/** Comparisons of backends of which it is known what is wrong with them. */
class ComparisonTest {
  @TempDir private Path folder;

  private Path model;
  private Registry registry;

  @BeforeEach
  void plant() throws IOException {
    model = PlantedNetwork.write(folder);
    service(
        GradientBackend.class,
        RoundingBackend.Plain.class,
        RoundingBackend.Nudged.class,
        RoundingBackend.Pushed.class,
        RoundingBackend.Wrong.class,
        RoundingBackend.NudgedAndWrong.class,
        RoundingBackend.Loose.class,
        RoundingBackend.OtherScores.class,
        CountingBackend.class);
    service(
        Explainer.class,
        TestExplainer.Product.class,
        TestExplainer.Gradient.class,
        TestExplainer.Noisy.class,
        TestExplainer.Resuming.class,
        TestExplainer.Sensitive.class,
        TestExplainer.Unusable.class);
    ClassLoader parent = getClass().getClassLoader();
    registry = Registry.of(new URLClassLoader(new URL[] {folder.toUri().toURL()}, parent));
  }

  private void service(Class<?> type, Class<?>... providers) throws IOException {
    Path file = folder.resolve("META-INF/services/" + type.getName());
    Files.createDirectories(file.getParent());
    Files.write(file, Stream.of(providers).map(Class::getName).toList());
  }

  private Loader loader() {
    return Pellucid.loader().registry(registry);
  }

  private Comparison comparison(ComparisonRequest request, String... backends) {
    return Comparison.of(
        loader(), model, List.of(backends), request.withTarget("0").withLayers("layer"));
  }

  private static Subject subject(Comparison comparison) {
    return comparison.prepare("planted.npy", Map.of("image", PlantedNetwork.image()));
  }

  private static List<LayerComparison> run(Comparison comparison) {
    List<LayerComparison> found = new ArrayList<>();
    comparison.compare(subject(comparison), Progress.NONE, found::add);
    return found;
  }

  /** What comes of the plain backend and another. */
  private BackendAgreement pair(String method, String other) {
    ComparisonRequest request = ComparisonRequest.DEFAULT.withMethods(method);
    try (Comparison comparison = comparison(request, "plain", other)) {
      return run(comparison).get(0).betweenBackends().get(0);
    }
  }

  @Test
  void what_rounds_alike_agrees() {
    BackendAgreement pair = pair("product", "counting");
    assertThat(pair.verdict()).isEqualTo(Verdict.AGREES);
    assertThat(pair.agreement().relative()).isZero();
    assertThat(pair.settlement()).isEmpty();
  }

  @Test
  void a_planted_kink_is_recognised() {
    BackendAgreement pair = pair("product", "nudged");
    // Beyond any rounding: the gradient itself is another one.
    assertThat(pair.agreement().relative()).isGreaterThan(1e-2);
    assertThat(pair.verdict()).isEqualTo(Verdict.KINK);
    assertThat(pair.cellsBeyond()).isBetween(1, 9);
    Settlement settlement = pair.settlement().orElseThrow();
    assertThat(settlement.operations()).containsExactly("relu2");
    // On the nudged backend; the plain one stands where double precision does.
    assertThat(settlement.switchedUnits()).isEqualTo(1);
  }

  @Test
  void a_kink_in_every_noisy_copy_is_recognised() {
    BackendAgreement pair = pair("noisy", "nudged");
    assertThat(pair.verdict()).isEqualTo(Verdict.KINK);
    // The clean image and five copies.
    assertThat(pair.settlement().orElseThrow().switchedUnits()).isEqualTo(6);
  }

  @Test
  void a_planted_bug_is_not_excused() {
    for (String method : List.of("product", "gradient", "noisy")) {
      BackendAgreement pair = pair(method, "wrong");
      assertThat(pair.verdict()).as(method).isEqualTo(Verdict.DISAGREES);
      assertThat(pair.settlement().orElseThrow().findings())
          .as(method)
          .anyMatch(
              finding -> finding.startsWith("wrong: not right") && finding.contains("gradient"))
          .anyMatch(finding -> finding.startsWith("plain: right for its own sides"));
    }
  }

  @Test
  void a_bug_beside_a_kink_is_not_excused() {
    for (String method : List.of("product", "noisy")) {
      BackendAgreement pair = pair(method, "nudged-and-wrong");
      assertThat(pair.verdict()).isEqualTo(Verdict.DISAGREES);
      // The unit did switch sides, and that is told.
      assertThat(pair.settlement().orElseThrow().switchedUnits()).isPositive();
    }
  }

  @Test
  void a_method_that_magnifies_rounding_is_told_from_a_backend_that_is_wrong() {
    assertThat(pair("product", "loose").verdict()).isEqualTo(Verdict.AGREES);
    BackendAgreement pair = pair("sensitive", "loose");
    assertThat(pair.agreement().relative()).isGreaterThan(1e-4);
    assertThat(pair.verdict()).isEqualTo(Verdict.SENSITIVE);
    assertThat(pair.settlement().orElseThrow().switchedUnits()).isZero();
    assertThat(pair("sensitive", "wrong").verdict()).isEqualTo(Verdict.DISAGREES);
  }

  @Test
  void a_unit_that_moves_by_more_than_rounding_is_not_excused() {
    BackendAgreement pair = pair("product", "pushed");
    assertThat(pair.verdict()).isEqualTo(Verdict.DISAGREES);
    assertThat(pair.settlement().orElseThrow().findings())
        .anyMatch(finding -> finding.contains("more than rounding"));
  }

  @Test
  void a_method_that_is_not_looked_into_is_not_excused() {
    BackendAgreement pair = pair("resuming", "nudged");
    assertThat(pair.verdict()).isEqualTo(Verdict.DISAGREES);
    assertThat(pair.settlement().orElseThrow().findings())
        .allMatch(finding -> finding.contains("changed layers"));
  }

  @Test
  void the_tolerance_decides() {
    ComparisonRequest loose = ComparisonRequest.DEFAULT.withMethods("product").withTolerance(1e3);
    try (Comparison comparison = comparison(loose, "plain", "wrong")) {
      assertThat(run(comparison).get(0).betweenBackends().get(0).verdict())
          .isEqualTo(Verdict.AGREES);
    }
    assertThatThrownBy(() -> ComparisonRequest.DEFAULT.withTolerance(-1))
        .isInstanceOf(InvalidRequestException.class);
  }

  @Test
  void the_target_is_resolved_once() {
    ComparisonRequest request =
        ComparisonRequest.DEFAULT.withMethods("product").withLayers("layer");
    try (Comparison comparison =
        Comparison.of(loader(), model, List.of("plain", "other-scores"), request)) {
      LayerComparison found = run(comparison).get(0);
      assertThat(found.resolvedOn()).isEqualTo("plain");
      assertThat(found.cells().get(1).explanation().orElseThrow().predicted().index()).isEqualTo(2);
      assertThat(found.cells())
          .extracting(cell -> cell.explanation().orElseThrow().target().index())
          .containsOnly(found.target().index());
      assertThat(found.target().index()).isNotEqualTo(2);
    }
  }

  @Test
  void methods_and_layers_share_their_passes() {
    ComparisonRequest request =
        ComparisonRequest.DEFAULT
            .withMethods("product", "gradient", "noisy")
            .withTarget("0")
            .withLayers("conv", "layer", "pre");
    try (Comparison comparison = Comparison.of(loader(), model, List.of("counting"), request)) {
      Subject subject = subject(comparison);
      CountingBackend.FORWARD.set(0);
      CountingBackend.BACKWARD.set(0);
      List<LayerComparison> found = new ArrayList<>();
      comparison.compare(subject, Progress.NONE, found::add);
      assertThat(found).hasSize(3);
      // The clean image and the five copies, for three methods at three layers.
      assertThat(CountingBackend.FORWARD).hasValue(6);
      assertThat(CountingBackend.BACKWARD).hasValue(6);
    }
  }

  @Test
  void what_cannot_be_used_is_left_out_unless_it_was_named() {
    ComparisonRequest request = ComparisonRequest.DEFAULT.withTarget("0").withLayers("layer");
    try (Comparison comparison = Comparison.of(loader(), model, List.of(), request)) {
      assertThat(comparison.leftOut()).containsOnlyKeys("reference");
      assertThat(comparison.leftOut().get("reference")).contains("float32").contains("float64");
    }
    try (Comparison comparison = Comparison.of(loader(), model, List.of("plain"), request)) {
      LayerComparison found = run(comparison).get(0);
      assertThat(found.cell("unusable", "plain").explanation()).isEmpty();
      assertThat(found.cell("unusable", "plain").reason()).contains("has not");
      assertThat(found.cell("product", "plain").explanation()).isPresent();
      assertThat(found.betweenMethods()).isNotEmpty();
    }
    assertThatThrownBy(() -> Comparison.of(loader(), model, List.of("plain", "reference"), request))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("float32");
    ComparisonRequest named = request.withMethods("unusable");
    try (Comparison comparison = Comparison.of(loader(), model, List.of("plain"), named)) {
      assertThatThrownBy(() -> run(comparison)).isInstanceOf(UnsupportedModelException.class);
    }
    try (Comparison comparison =
        Comparison.of(loader().precision(Precision.FLOAT64), model, List.of(), request)) {
      assertThat(comparison.models()).hasSize(1);
      assertThat(comparison.leftOut()).containsKeys("plain", "wrong");
    }
  }

  @Test
  void an_option_goes_to_the_methods_that_have_it() {
    ComparisonRequest some =
        ComparisonRequest.DEFAULT
            .withMethods("product", "noisy")
            .withOptions(Map.of("samples", "2"));
    try (Comparison comparison = comparison(some, "plain")) {
      LayerComparison found = run(comparison).get(0);
      assertThat(found.cell("noisy", "plain").explanation().orElseThrow().provenance().options())
          .containsEntry("samples", "2");
    }
    assertThatThrownBy(() -> comparison(some.withOptions(Map.of("sampels", "2")), "plain"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("sampels");
  }

  @Test
  void the_report_tells_of_disagreement_and_escapes_names() throws IOException {
    ComparisonRequest request = ComparisonRequest.DEFAULT.withMethods("product", "gradient");
    Path out = folder.resolve("out");
    String name = "<script>alert(1)</script>\"'&.npy";
    try (Comparison comparison = comparison(request, "plain", "nudged", "wrong");
        ComparisonReport report = ComparisonReport.into(out, comparison, HeatmapSettings.DEFAULT)) {
      Subject subject = comparison.prepare(name, Map.of("image", PlantedNetwork.image()));
      comparison.compare(subject, Progress.NONE, layer -> report.add("planted", layer));
      report.failed("missing.png", "there is no <image> file");
      assertThat(Files.exists(out.resolve("index.html"))).isFalse();
      report.finish();
    }
    String html = Files.readString(out.resolve("index.html"));
    assertThat(html)
        .doesNotContain("<script>alert")
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;.npy")
        .contains("✗ DISAGREES")
        .contains("≈ kink")
        .contains("there is no &lt;image&gt; file")
        .doesNotContain("http://", "https://");
    JsonObject json =
        JsonParser.parseString(Files.readString(out.resolve("comparison.json"))).getAsJsonObject();
    assertThat(json.get("schema").getAsString()).isEqualTo(ComparisonJson.SCHEMA);
    // Each method: plain and nudged by a kink; wrong with both of them not.
    assertThat(json.getAsJsonObject("verdicts").get("KINK").getAsInt()).isEqualTo(2);
    assertThat(json.getAsJsonObject("verdicts").get("DISAGREES").getAsInt()).isEqualTo(4);
    assertThat(json.getAsJsonArray("failures")).hasSize(1);
    JsonObject layer = json.getAsJsonArray("comparisons").get(0).getAsJsonObject();
    assertThat(layer.getAsJsonArray("cells")).hasSize(6);
    assertThat(out.resolve(layer.get("sheet").getAsString())).isRegularFile();
    assertThat(hidden(out)).isEmpty();
  }

  @Test
  void an_unfinished_report_leaves_no_half_file() throws IOException {
    Path out = folder.resolve("out");
    try (Comparison comparison =
            comparison(ComparisonRequest.DEFAULT.withMethods("product"), "plain");
        ComparisonReport report = ComparisonReport.into(out, comparison, HeatmapSettings.DEFAULT)) {
      comparison.compare(subject(comparison), Progress.NONE, layer -> report.add("planted", layer));
    }
    assertThat(hidden(out)).isEmpty();
    try (Stream<Path> files = Files.list(out)) {
      assertThat(files).containsExactly(out.resolve("planted.comparison.png"));
    }
  }

  private static List<Path> hidden(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.getFileName().toString().startsWith(".")).toList();
    }
  }
}
