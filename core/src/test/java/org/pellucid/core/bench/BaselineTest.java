package org.pellucid.core.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Precision;
import org.pellucid.core.bench.Baseline.Change;
import org.pellucid.core.bench.Baseline.Verdict;
import org.pellucid.graph.MalformedInputException;

/** When a run is slower than an earlier one beyond noise, on given numbers. */
class BaselineTest {
  private static final double SLACK = 0.1;
  private static final double[] BEFORE = {1.00, 1.02, 0.98, 1.01, 0.99, 1.03, 0.97, 1.00};

  @TempDir private Path folder;

  private static Cell cell(String backend, double... seconds) {
    return new Cell(
        new Setting(backend, "cpu", Precision.FLOAT32, OptionalInt.of(2), Optional.empty()),
        Optional.empty(),
        new Work("grad-cam", Map.of(), Optional.empty(), OptionalInt.empty()),
        seconds,
        new double[0],
        seconds.length,
        Optional.empty(),
        Optional.empty(),
        "",
        Map.of(),
        "");
  }

  private Baseline baseline(Cell... cells) {
    BenchmarkRequest request =
        new BenchmarkRequest(
            List.of(Work.ONE_FORWARD),
            List.of("a"),
            List.of("auto"),
            List.of(OptionalInt.empty()),
            List.of(Optional.empty()),
            Precision.FLOAT32,
            60,
            0.03,
            false,
            true);
    Machine machine = new Machine("a \"fast\" one", 4, "Linux", "17");
    BenchmarkReport.Facts facts =
        new BenchmarkReport.Facts("<m>.onnx", "abc", "cat.png", request, machine);
    List<Path> files =
        BenchmarkReport.write(
            folder, facts, new BenchmarkResult(List.of(cells), Map.of(), "none"), List.of());
    assertThat(files).allMatch(Files::isRegularFile);
    Baseline read = Baseline.read(files.get(0));
    assertThat(read.machine()).isEqualTo(machine);
    return read;
  }

  private Verdict verdict(double[] before, double... now) {
    List<Change> changes = baseline(cell("a", before)).compare(List.of(cell("a", now)), SLACK);
    assertThat(changes).hasSize(1);
    return changes.get(0).verdict();
  }

  private static double[] times(double factor, double... numbers) {
    return Arrays.stream(numbers).map(number -> factor * number).toArray();
  }

  @Test
  void slower_is_what_surely_exceeds_the_slack() {
    assertThat(verdict(BEFORE, BEFORE)).isEqualTo(Verdict.WITHIN_NOISE);
    assertThat(verdict(BEFORE, times(1.10, BEFORE))).isEqualTo(Verdict.WITHIN_NOISE);
    // Each ratio is 1.2 to 6 %; the interval of 8 by 8 excludes the lowest seven of 64.
    assertThat(verdict(BEFORE, times(1.2, BEFORE))).isEqualTo(Verdict.SLOWER);
    assertThat(verdict(BEFORE, times(0.8, BEFORE))).isEqualTo(Verdict.FASTER);
  }

  @Test
  void scatter_is_not_slowness() {
    double[] wild = {1, 2, 0.5, 1.5, 0.7, 3, 1.2, 0.9};
    assertThat(verdict(BEFORE, wild)).isEqualTo(Verdict.WITHIN_NOISE);
    assertThat(verdict(wild, times(1.3, wild))).isEqualTo(Verdict.WITHIN_NOISE);
  }

  @Test
  void two_visits_prove_nothing() {
    assertThat(verdict(BEFORE, 5, 5)).isEqualTo(Verdict.TOO_FEW);
    assertThat(verdict(BEFORE, 5, 5, 5)).isEqualTo(Verdict.SLOWER);
  }

  @Test
  void only_what_both_have_is_compared() {
    List<Change> changes =
        baseline(cell("a", BEFORE), cell("b"))
            .compare(List.of(cell("b", BEFORE), cell("c", BEFORE)), SLACK);
    assertThat(changes).isEmpty();
  }

  @Test
  void a_baseline_of_another_model_is_refused() {
    Baseline baseline = baseline(cell("a", BEFORE));
    baseline.checkModel("abc");
    assertThatThrownBy(() -> baseline.checkModel("def"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("another model");
  }

  @Test
  void other_files_are_refused() throws IOException {
    Path file = folder.resolve("b.json");
    for (String text :
        List.of("[]", "{}", "{\"schema\":\"pellucid-comparison-1\"}", "{\"schema\":7}")) {
      Files.writeString(file, text);
      assertThatThrownBy(() -> Baseline.read(file))
          .isInstanceOf(MalformedInputException.class)
          .hasMessageContaining("no result of pellucid bench");
    }
    for (String text : List.of("", ",\"cells\":[{}]", ",\"cells\":7", ",\"cells\":[3]")) {
      Files.writeString(file, "{\"schema\":\"pellucid-bench-1\"" + text + "}");
      assertThatThrownBy(() -> Baseline.read(file))
          .isInstanceOf(MalformedInputException.class)
          .hasMessageContaining("damaged");
    }
  }

  @Test
  void the_page_escapes_names_and_needs_no_network() throws IOException {
    baseline(cell("a", BEFORE), cell("<b>", BEFORE));
    String page = Files.readString(folder.resolve("bench.html"));
    assertThat(page)
        .contains("Benchmark of &lt;m&gt;.onnx", "default-src 'none'", "&lt;b&gt;", "<svg")
        .doesNotContain("<b>", "<m>", "http:", "https:", "<script");
  }
}
