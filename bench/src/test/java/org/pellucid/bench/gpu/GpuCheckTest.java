package org.pellucid.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.api.GradientBackend;

/** The command in a process of its own, with the driver emulated, and without any driver. */
class GpuCheckTest {
  @TempDir private Path folder;

  private record Outcome(int code, String out, String err) {
    /** The cell of a row of the table, by its beginning, and a column. */
    String cell(String row, String column) {
      List<String> head = cells(line("| Network | What | Batch |"));
      assertThat(head).contains(column);
      return cells(line(row)).get(head.indexOf(column));
    }

    private String line(String beginning) {
      return out.lines().filter(line -> line.startsWith(beginning)).findFirst().orElseThrow();
    }

    private static List<String> cells(String line) {
      return List.of(line.split(" *\\| *", -1));
    }
  }

  private Outcome check(List<String> settings, String... arguments)
      throws IOException, InterruptedException {
    Path services = Files.createDirectories(folder.resolve("classes/META-INF/services"));
    Files.writeString(
        services.resolve(GradientBackend.class.getName()), EmulatedBackend.class.getName());
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(settings);
    command.add(GpuCheck.class.getName());
    command.addAll(List.of(arguments));
    ProcessBuilder process =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    process
        .environment()
        .put(
            "CLASSPATH",
            folder.resolve("classes") + File.pathSeparator + System.getProperty("java.class.path"));
    int code = process.start().waitFor();
    return new Outcome(code, Files.readString(out), Files.readString(err, StandardCharsets.UTF_8));
  }

  @Test
  void checksAndTimesACard() throws IOException, InterruptedException {
    Outcome outcome =
        check(
            List.of(),
            "--backend",
            "emulated",
            "--device",
            "GPU-1111",
            "--networks",
            "SMALL",
            "--parts",
            "compare,times-float32,pytorch,djl",
            "--python",
            "no-such-python");

    assertThat(outcome.code()).as(outcome.out() + outcome.err()).isZero();
    assertThat(outcome.out().lines().findFirst().orElseThrow())
        .contains(", emulated: CUDA 13.0 on [Emulated card (GPU-11111111-");
    String scores = "| SMALL | scores, largest difference to djl float64 |";
    assertThat(Double.parseDouble(outcome.cell(scores, "emulated float64"))).isLessThan(1e-8);
    assertThat(Double.parseDouble(outcome.cell(scores, "emulated float32"))).isLessThan(1e-5);
    // Products of as few rows as here stay in float32.
    assertThat(Double.parseDouble(outcome.cell(scores, "emulated tf32"))).isLessThan(1e-5);
    assertThat(Double.parseDouble(outcome.cell(scores, "stored: dl4j float32"))).isLessThan(1e-5);
    for (String what : List.of("map", "map's error")) {
      String row =
          "| SMALL | Smooth Grad-CAM++, n = 25, "
              + what
              + ", largest difference to Java's of equal sums |";
      for (String precision : List.of("float32", "float64", "tf32")) {
        assertThat(Double.parseDouble(outcome.cell(row, "emulated " + precision))).isZero();
      }
    }
    for (String row :
        List.of(
            "| SMALL | loading and the first pass, ms | 1 |",
            "| SMALL | forward pass, ms | 25 |",
            "| SMALL | Grad-CAM, ms | 1 |",
            "| SMALL | activations and gradients, ms | 25 |",
            "| SMALL | Smooth Grad-CAM++, n = 25, ms | 1 |",
            "| SMALL | Smooth Grad-CAM++, n = 25, ms | 25 |",
            "| SMALL | Smooth Grad-CAM++, n = 25, its map made in Java, ms | 25 |")) {
      assertThat(Double.parseDouble(outcome.cell(row, "emulated float32"))).as(row).isPositive();
    }
    assertThat(outcome.out())
        .contains("- PyTorch was not timed: ")
        .contains("no-such-python")
        .containsPattern("- djl was not timed|djl float32");
  }

  @Test
  void saysWhyThereIsNoCard() throws IOException, InterruptedException {
    Outcome none = check(List.of("-Dpellucid.cuda.library=no-such-cuda"));
    assertThat(none.code()).isEqualTo(3);
    assertThat(none.out()).isEmpty();
    assertThat(none.err())
        .startsWith("gpu-check: nothing was checked. There is no NVIDIA driver here")
        .contains("no-such-cuda");

    Outcome other = check(List.of(), "--backend", "emulated", "--device", "gpu:7");
    assertThat(other.code()).isEqualTo(3);
    assertThat(other.err()).contains("The emulated backend has no device gpu:7, only [gpu:0]");
  }

  /** One that is not done in time keeps no other from its turn. */
  @Test
  void partsHaveTheirTime() throws IOException, InterruptedException {
    Outcome outcome =
        check(List.of(), "--backend", "emulated", "--parts", "contract,djl", "--seconds", "8");
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.out()).contains("- FAILED: contract was ended after its 2 s");
    assertThat(outcome.err()).contains("gpu-check: djl took");
  }

  @Test
  void wrongUsageIsToldWithTheRightOne() throws IOException, InterruptedException {
    Outcome outcome = check(List.of(), "--parts", "everything");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err())
        .contains("There is no part everything, only compare,times-tf32")
        .contains("Exit code: 0 all is well");
    assertThat(check(List.of(), "--help").out()).contains("Exit code: 0 all is well");
  }
}
