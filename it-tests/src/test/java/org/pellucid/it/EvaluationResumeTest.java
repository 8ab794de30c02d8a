package org.pellucid.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An evaluation whose process is killed goes on where it was, to the same bytes. */
class EvaluationResumeTest {
  private static final Path EXAMPLES = Path.of("..", "examples").toAbsolutePath();

  @TempDir private Path folder;

  private Process start(Path out) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.awt.headless=true",
                "org.pellucid.cli.Main",
                "evaluate",
                EXAMPLES.resolve("shapes.onnx").toString(),
                EXAMPLES.toString()));
    command.addAll(
        List.of(
            "--backends",
            "onnxruntime",
            "--methods",
            "grad-cam,smooth-grad-cam++:samples=5",
            "--metrics",
            "deletion:steps=8,road,pointing-game,seed-stability",
            "-o",
            out.toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    // ONNX Runtime does not bear a long command line.
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile());
    return builder.start();
  }

  private void finish(Path out) throws IOException, InterruptedException {
    Process process = start(out);
    assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(folder.resolve("log"))).isZero();
  }

  private static long completeImages(Path out) throws IOException {
    Path results = out.resolve("results.jsonl");
    return Files.exists(results)
        ? Files.readString(results).lines().filter(line -> line.contains("\"complete\"")).count()
        : 0;
  }

  @Test
  void aKilledRunGoesOn() throws IOException, InterruptedException {
    Path whole = folder.resolve("whole");
    Path killed = folder.resolve("killed");
    finish(whole);
    Process process = start(killed);
    try {
      while (completeImages(killed) < 2) {
        assertThat(process.isAlive()).isTrue();
        Thread.sleep(5);
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    long before = completeImages(killed);
    assertThat(before).isLessThan(completeImages(whole));
    assertThat(killed.resolve("results.csv")).doesNotExist();
    finish(killed);
    for (String name :
        List.of(
            "evaluation.json",
            "results.jsonl",
            "results.csv",
            "summary.csv",
            "tests.csv",
            "summary.json",
            "index.html")) {
      assertThat(killed.resolve(name)).hasSameBinaryContentAs(whole.resolve(name));
    }
    // Images that were complete were not done again.
    assertThat(Files.readAllLines(killed.resolve("timings.jsonl")))
        .hasSizeLessThanOrEqualTo((int) completeImages(whole) + 1);
  }
}
