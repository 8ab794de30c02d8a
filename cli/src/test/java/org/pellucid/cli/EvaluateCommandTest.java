package org.pellucid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code pellucid evaluate} writes, prints and returns. */
class EvaluateCommandTest {
  private static final List<String> FILES =
      List.of(
          "results.jsonl", "results.csv", "summary.csv", "tests.csv", "summary.json", "index.html");

  @TempDir private Path folder;

  private static Cli.Outcome evaluate(Path out, Object... arguments) {
    List<Object> all = new ArrayList<>(List.of("evaluate", Cli.SHAPES));
    all.addAll(Arrays.asList(arguments));
    all.addAll(List.of("-o", out));
    return Cli.run(all.toArray());
  }

  private static Cli.Outcome examples(Path out, Object... more) {
    List<Object> all =
        new ArrayList<>(
            List.of(
                Cli.EXAMPLES, "--first", 3, "--methods", "grad-cam,smooth-grad-cam++:samples=5"));
    all.addAll(Arrays.asList(more));
    return evaluate(out, all.toArray());
  }

  @Test
  void the_examples_are_evaluated_as_they_are() throws IOException {
    Path out = folder.resolve("out");
    Cli.Outcome outcome = examples(out);
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    assertThat(outcome.outLines().get(0))
        .startsWith("metric")
        .contains("smooth-grad-cam++:samples=5", "random", "centre");
    assertThat(outcome.out()).contains("energy-inside (more)", "deletion (less)");
    FILES.forEach(name -> assertThat(out.resolve(name)).isNotEmptyFile());
    // hexagon, two-stars, three-rings: one class each, by 2 methods and 2 baselines.
    assertThat(Files.readAllLines(out.resolve("results.jsonl"))).hasSize(3 * (4 + 1));
  }

  @Test
  void a_run_that_was_ended_goes_on_to_the_same_bytes() throws IOException {
    Path whole = folder.resolve("whole");
    Path ended = folder.resolve("ended");
    examples(whole);
    examples(ended);
    // As if it had been ended while it wrote the third image.
    String text = Files.readString(ended.resolve("results.jsonl"));
    int second = text.indexOf("\"complete\"", text.indexOf("\"complete\"") + 1);
    Files.writeString(
        ended.resolve("results.jsonl"), text.substring(0, text.indexOf('\n', second) + 300));
    assertThat(examples(ended).code()).isZero();
    for (String name : FILES) {
      assertThat(ended.resolve(name)).hasSameBinaryContentAs(whole.resolve(name));
    }
  }

  @Test
  void another_evaluation_in_the_same_directory_is_refused() {
    Path out = folder.resolve("out");
    examples(out);
    Cli.Outcome outcome = examples(out, "--seed", 7);
    assertThat(outcome.code()).isEqualTo(Failures.USAGE);
    assertThat(outcome.err()).contains("holds another evaluation", "seed was 0 and is now 7");
    assertThat(examples(out, "--metrics", "entropy").err())
        .contains("metrics no longer has", "\"metric\":\"area-above-half\"")
        .doesNotContain("\"metric\":\"entropy\"");
  }

  @Test
  void images_that_cannot_be_read_are_listed_and_the_others_go_on() throws IOException {
    Path images = Files.createDirectory(folder.resolve("images"));
    Files.copy(Cli.HEXAGON, images.resolve("b.png"));
    Files.writeString(images.resolve("a.png"), "no image");
    Cli.Outcome outcome =
        evaluate(folder.resolve("out"), images, "--methods", "grad-cam", "--metrics", "entropy");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.err()).contains("left out a.png").contains("no image that can be read");
    assertThat(outcome.out()).contains("grad-cam");
  }
}
