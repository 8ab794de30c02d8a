package org.pellucid.it.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.it.plugins.Distribution.Outcome;

/**
 * The plugins of {@code examples}, which somebody else could have written: built outside of the
 * reactor, from its jars, with their contracts, and put into a distribution.
 */
@DisabledOnOs(OS.WINDOWS)
class ExamplePluginsIT {
  @TempDir private Path folder;

  @Test
  void plugins_of_others_are_built_dropped_in_and_compared() throws Exception {
    InstalledCopy installed = new InstalledCopy(folder.resolve("installed"));
    for (String example : List.of("method", "backend")) {
      Path project = OutsideMaven.copyOfExample(example, folder);
      OutsideMaven.run(project, "verify").orFail();
      assertThat(project.resolve("target/surefire-reports")).isNotEmptyDirectory();
      installed.add(zip(project));
    }
    Outcome plugins = installed.pellucid("plugins").orFail();
    assertThat(plugins.out())
        .contains("brings method agreeing-layer-cam\n", "brings backend loops\n")
        .doesNotContain("PROBLEM");
    Path out = folder.resolve("report");
    installed
        .pellucid(
            "compare",
            "examples/shapes.onnx",
            "examples/hexagon.png",
            "--methods",
            "agreeing-layer-cam,layer-cam",
            "--backends",
            "loops,reference",
            "--precision",
            "float64",
            "--fail-on-disagreement",
            "1e-9",
            "-o",
            out)
        .orFail();
    try (Stream<Path> files = Files.walk(out)) {
      Path json = files.filter(file -> file.toString().endsWith(".json")).findFirst().orElseThrow();
      assertThat(Files.readString(json))
          .contains("\"agreeing-layer-cam\"", "\"loops\"", "\"reference\"");
    }
  }

  @Test
  void a_metric_of_others_is_built_dropped_in_and_evaluated() throws Exception {
    InstalledCopy installed = new InstalledCopy(folder.resolve("installed"));
    Path project = OutsideMaven.copyOfExample("metric", folder);
    OutsideMaven.run(project, "verify").orFail();
    assertThat(project.resolve("target/surefire-reports")).isNotEmptyDirectory();
    installed.add(zip(project));
    assertThat(installed.pellucid("plugins").orFail().out())
        .contains("brings metric precision-above-half\n")
        .doesNotContain("PROBLEM");
    assertThat(installed.pellucid("metrics", "precision-above-half").orFail().out())
        .contains(
            "Of the pixels that have half of the largest value, the part on objects (an example)");
    Path out = folder.resolve("evaluated");
    installed
        .pellucid(
            "evaluate",
            "examples/shapes.onnx",
            "examples",
            "--first",
            "3",
            "--methods",
            "grad-cam",
            "--metrics",
            "precision-above-half,pointing-game",
            "-o",
            out)
        .orFail();
    List<String> rows =
        Files.readAllLines(out.resolve("results.csv")).stream()
            .filter(row -> row.contains(",precision-above-half,"))
            .toList();
    // Three images of one class each, by the method and two maps that know nothing.
    assertThat(rows)
        .hasSize(9)
        .allMatch(row -> row.matches(".*,precision-above-half,[01](\\.\\d+)?(E-\\d+)?,.*"));
    assertThat(Files.readString(out.resolve("summary.json"))).contains("\"precision-above-half\"");
    assertThat(Files.readString(out.resolve("index.html"))).contains("precision-above-half");
  }

  /** Of a project that was built, the plugin. */
  static Path zip(Path project) throws IOException {
    try (Stream<Path> files = Files.list(project.resolve("target"))) {
      List<Path> zips =
          files.filter(file -> file.getFileName().toString().endsWith("-plugin.zip")).toList();
      assertThat(zips).hasSize(1);
      return zips.get(0);
    }
  }

  /** What is said of them: a method in under 30 lines, a backend in under 400. */
  @Test
  void they_are_as_short_as_is_said() throws IOException {
    assertThat(linesOfCode("method")).isLessThan(30);
    assertThat(linesOfCode("backend")).isLessThan(400);
  }

  /** Neither blank nor remark nor import. */
  private static long linesOfCode(String example) throws IOException {
    long lines = 0;
    Path sources =
        Distribution.REPOSITORY.resolve("examples").resolve(example).resolve("src/main/java");
    try (Stream<Path> files = Files.walk(sources)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        lines +=
            Files.readAllLines(file).stream()
                .map(String::strip)
                .filter(line -> !line.matches("|(/\\*|\\*|//|import |package ).*"))
                .count();
      }
    }
    return lines;
  }
}
