package org.pellucid.it.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.core.io.Npy;
import org.pellucid.graph.Shape;

/** Somebody else's Maven project, with Pellucid as a dependency. */
@DisabledOnOs(OS.WINDOWS)
class EmbeddingIT {
  @TempDir private Path folder;

  /** On every Java that is here, without a warning but for the one option that natives need. */
  @Test
  void a_program_with_pellucid_as_a_dependency_explains_an_image() throws Exception {
    Path project = OutsideMaven.copyOfExample("embedding", folder);
    OutsideMaven.run(
            project, "compile", "dependency:build-classpath", "-Dmdep.outputFile=class-path.txt")
        .orFail();
    Path examples = Files.createDirectory(project.resolve("examples"));
    for (String name :
        List.of("shapes.onnx", "shapes.labels.txt", "shapes.preset.json", "two-stars.png")) {
      Files.copy(Distribution.REPOSITORY.resolve("examples").resolve(name), examples.resolve(name));
    }
    String classPath =
        project.resolve("target/classes")
            + java.io.File.pathSeparator
            + Files.readString(project.resolve("class-path.txt")).strip();
    for (Path java : JavaVersionsIT.javas()) {
      ProcessBuilder program =
          new ProcessBuilder(
                  java.resolve("bin/java").toString(),
                  "--enable-native-access=ALL-UNNAMED",
                  "Explain")
              .directory(project.toFile());
      program.environment().put("CLASSPATH", classPath);
      Distribution.Outcome outcome = Distribution.run(program).orFail();
      assertThat(outcome.out()).as("on %s", java).isEqualTo("dotted star OK\n");
      assertThat(outcome.err()).as("on %s", java).doesNotContain("WARNING");
    }
    assertThat(Npy.read(project.resolve("out/two-stars.smooth-grad-cam++.npy")).shape())
        .isEqualTo(Shape.of(12, 12));
  }

  /** Resolved, not fetched: natives for graphics cards are large. */
  @ParameterizedTest
  @CsvSource({
    "onnxruntime, com.microsoft.onnxruntime:onnxruntime_gpu:jar, com.microsoft.onnxruntime:onnxruntime:jar",
    "cuda, org.pellucid:pellucid-backend-cuda:jar, onnxruntime"
  })
  void a_profile_chooses_natives(String gpu, String wanted, String unwanted) throws Exception {
    Path project = OutsideMaven.copyOfExample("embedding", folder);
    OutsideMaven.run(project, "dependency:tree", "-Dgpu=" + gpu, "-DoutputFile=tree.txt").orFail();
    assertThat(Files.readString(project.resolve("tree.txt")))
        .contains(wanted)
        .doesNotContain(unwanted);
  }

  /** Many threads, a queue, limits of time and memory: the example has tests of its own. */
  @Test
  void a_service_explains_on_each_request() throws Exception {
    Path project = OutsideMaven.copyOfExample("http-service", folder);
    OutsideMaven.run(
            project, "test", "-Dpellucid.examples=" + Distribution.REPOSITORY.resolve("examples"))
        .orFail();
    assertThat(project.resolve("target/surefire-reports")).isNotEmptyDirectory();
  }

  @Test
  void the_program_has_fewer_than_15_lines_and_is_that_of_the_readme() throws IOException {
    List<String> lines =
        Files.readAllLines(
            Distribution.REPOSITORY.resolve("examples/embedding/src/main/java/Explain.java"));
    assertThat(lines).hasSizeLessThan(15);
    Matcher block =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Distribution.REPOSITORY.resolve("README.md")));
    assertThat(block.find()).isTrue();
    assertThat(lines.stream().map(String::strip).toList())
        .containsSubsequence(block.group(1).lines().map(String::strip).toList());
  }
}
