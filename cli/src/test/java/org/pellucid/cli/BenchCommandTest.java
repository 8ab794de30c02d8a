package org.pellucid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code pellucid bench} writes, prints and returns; never how long it took. */
class BenchCommandTest {
  @TempDir private Path folder;

  private Path out() {
    return folder.resolve("out");
  }

  /**
   * As little as can be, on machines of any speed: any median is known well enough, so that six
   * visits end a work, and never the time limit.
   */
  private Cli.Outcome bench(Object... arguments) {
    List<Object> all = new ArrayList<>(List.of("bench", Cli.SHAPES));
    all.addAll(Arrays.asList(arguments));
    all.addAll(List.of("--time-limit", 3600, "--tight", 1000, "-o", out()));
    return Cli.run(all.toArray());
  }

  private JsonObject json() throws IOException {
    return JsonParser.parseString(Files.readString(out().resolve("bench.json"))).getAsJsonObject();
  }

  @Test
  void backends_have_rows_and_those_that_cannot_have_reasons() throws IOException {
    Cli.Outcome outcome =
        bench(
            Cli.HEXAGON,
            "--methods",
            "grad-cam,smooth-grad-cam++,gradient",
            "--samples",
            2,
            "--layer",
            "conv:-1",
            "--backends",
            "onnxruntime,reference",
            "--threads",
            1);
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    assertThat(outcome.outLines()).hasSize(1 + 4 + 1 + 3);
    assertThat(outcome.outLines().get(5)).startsWith("reference").contains("it has no precision");
    assertThat(Files.readString(out().resolve("bench.html"))).contains("<svg", "smooth-grad-cam++");
    JsonArray cells = json().getAsJsonArray("cells");
    assertThat(cells).hasSize(8);
    JsonObject smooth = cells.get(2).getAsJsonObject();
    assertThat(smooth.get("method").getAsString()).isEqualTo("smooth-grad-cam++");
    assertThat(smooth.getAsJsonObject("options").get("samples").getAsString()).isEqualTo("2");
    assertThat(smooth.get("threads").getAsString()).isEqualTo("1");
    assertThat(smooth.getAsJsonObject("memory").get("heap").getAsLong()).isPositive();
    // The same noise and class in double precision: what is left is the rounding of float32.
    assertThat(smooth.getAsJsonObject("accuracy").get("relative").getAsDouble())
        .isBetween(0.0, 1e-4);
    assertThat(smooth.getAsJsonObject("toForward").get("median").getAsDouble()).isPositive();
    assertThat(cells.get(7).getAsJsonObject().get("seconds").getAsJsonArray()).isEmpty();
  }

  @Test
  void samples_batches_threads_and_sizes_are_scaled() throws IOException {
    Cli.Outcome outcome =
        Cli.run(
            "bench",
            Cli.model("open-size"),
            "--methods=smooth-grad-cam++",
            "--samples=2,4",
            "--batch=1,2",
            "--threads=1,2",
            "--sizes=8x8,16x24",
            "--layer=conv:-1",
            "--backends=onnxruntime",
            "--time-limit=1",
            "-o",
            out());
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    JsonArray cells = json().getAsJsonArray("cells");
    // The forward pass of either batch, and each number of samples in each.
    assertThat(cells).hasSize(2 * 2 * (2 + 2 * 2));
    for (JsonElement cell : cells) {
      JsonObject one = cell.getAsJsonObject();
      assertThat(one.get("size").getAsString()).isIn("8x8", "16x24");
      assertThat(one.get("batch").getAsInt()).isBetween(1, 2);
      assertThat(one.get("seconds").getAsJsonArray()).isNotEmpty();
    }
    String page = Files.readString(out().resolve("bench.html"));
    assertThat(page)
        .contains("With samples", "With batch", "With threads", "With pixels of the input")
        .contains("ms by pixels of the input", "MB of heap by samples");
  }

  @Test
  void what_is_slower_than_the_baseline_beyond_noise_ends_with_7() throws IOException {
    Object[] arguments = {"--methods", "grad-cam", "--backends", "onnxruntime", "--no-reference"};
    assertThat(bench(arguments).code()).isZero();
    // As if every visit had taken a thousandth of its time.
    JsonObject faster = json();
    for (JsonElement cell : faster.getAsJsonArray("cells")) {
      JsonArray seconds = cell.getAsJsonObject().getAsJsonArray("seconds");
      for (int i = 0; i < seconds.size(); i++) {
        seconds.set(i, new com.google.gson.JsonPrimitive(seconds.get(i).getAsDouble() / 1000));
      }
    }
    Path baseline = folder.resolve("earlier.json");
    Files.writeString(baseline, faster.toString());
    Object[] again = Arrays.copyOf(arguments, arguments.length + 2);
    again[arguments.length] = "--baseline";
    again[arguments.length + 1] = baseline;
    Cli.Outcome outcome = bench(again);
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isEqualTo(7);
    assertThat(outcome.out()).contains("SLOWER");
    assertThat(json().getAsJsonArray("againstBaseline")).hasSize(2);
  }

  private void refused(int code, String part, Object... arguments) {
    Cli.Outcome outcome = bench(arguments);
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(code);
    assertThat(outcome.errLines()).hasSize(1);
    assertThat(outcome.err()).contains(part);
    assertThat(out()).doesNotExist();
  }

  @Test
  void mistakes_are_told_before_anything_is_timed() throws IOException {
    refused(2, "grad-kam", "--methods", "grad-kam");
    refused(2, "tpu", "--backends", "tpu");
    refused(2, "tpu", "--devices", "cpu,tpu");
    refused(2, "--threads", "--threads", "0");
    refused(2, "--batch", "--batch", "1,x");
    refused(2, "--sizes", "--sizes", "224");
    refused(2, "sampels", "--option", "sampels=3");
    refused(2, "samples", "--samples", "0");
    refused(2, "not both", Cli.HEXAGON, "--npy", "a.npy");
    refused(5, "does not exist", "--baseline", folder.resolve("none.json"));
    Path other = folder.resolve("other.json");
    Files.writeString(
        other,
        "{\"schema\":\"pellucid-bench-1\",\"modelSha256\":\"0\",\"cells\":[],\"machine\":"
            + "{\"processor\":\"p\",\"cores\":1,\"system\":\"s\",\"java\":\"j\"}}");
    refused(2, "another model", "--baseline", other);
  }

  @Test
  void what_a_worker_finds_wrong_is_told_as_if_it_were_found_here() {
    refused(2, "nowhere", "--backends", "djl", "--methods", "grad-cam", "--layer", "nowhere");
    refused(2, "96, 96", "--backends", "onnxruntime", "--sizes", "96x96,64x64");
    refused(2, "96x96", Cli.HEXAGON, "--backends", "onnxruntime", "--sizes", "64x64");
    refused(5, "missing.png", folder.resolve("missing.png"), "--backends", "djl");
  }

  @Test
  void a_worker_ends_when_nobody_asks_any_more() throws Exception {
    Process worker =
        new ProcessBuilder(
                OwnJvm.command(
                    folder,
                    List.of("bench-worker", Cli.SHAPES.toString(), "--backend=onnxruntime")))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader answers =
        new BufferedReader(
            new InputStreamReader(worker.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(answers.readLine()).startsWith("\u001e{\"opened\":");
      worker.getOutputStream().close();
      assertThat(worker.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(worker.exitValue()).isZero();
    } finally {
      worker.destroyForcibly();
    }
  }
}
