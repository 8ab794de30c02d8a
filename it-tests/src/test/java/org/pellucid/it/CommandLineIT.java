package org.pellucid.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Precision;
import org.pellucid.api.Tap;
import org.pellucid.core.Registry;
import org.pellucid.core.io.Npy;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.it.operations.OnnxRuntimeOracle;
import org.pellucid.onnx.OnnxImporter;

/** The packaged command on the example model, checked against other software. */
@DisabledOnOs(OS.WINDOWS)
class CommandLineIT {
  private static final Path COMMAND =
      Path.of(System.getProperty("pellucid.distribution"))
          .resolve("bin/pellucid")
          .toAbsolutePath()
          .normalize();
  private static final Path REPOSITORY =
      Path.of(System.getProperty("pellucid.repository")).toAbsolutePath().normalize();
  private static final Path MODEL = REPOSITORY.resolve("examples/shapes.onnx");
  private static final Tap LAYER = new Tap("/layer3/layer3.1/relu2/Relu_output_0");

  @TempDir private Path folder;

  private record Outcome(int code, String out, String err) {}

  private Outcome run(Object... arguments) throws Exception {
    List<String> line = new ArrayList<>(List.of(COMMAND.toString()));
    for (Object argument : arguments) {
      line.add(argument.toString());
    }
    Path out = folder.resolve("stdout.txt");
    Path err = folder.resolve("stderr.txt");
    Process process =
        new ProcessBuilder(line)
            .directory(REPOSITORY.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    boolean ended = process.waitFor(3, TimeUnit.MINUTES);
    if (!ended) {
      process.destroyForcibly();
    }
    assertThat(ended).as("%s ended", line).isTrue();
    return new Outcome(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }

  /** An input of the example, the same at every call. */
  private Tensor input(Path file) {
    Random random = new Random(5);
    float[] values = new float[3 * 96 * 96];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (Math.sin(i * 0.01) + random.nextGaussian() * 0.3);
    }
    Tensor input = Tensor.of(Shape.of(1, 3, 96, 96), values);
    Npy.write(file, input);
    return input;
  }

  @Test
  void the_command_of_the_readme_explains_an_image() throws Exception {
    Path out = folder.resolve("out");
    Outcome outcome =
        run("explain", "examples/shapes.onnx", "examples/disc-and-cross.png", "-o", out);
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out())
        .hasLineCount(1)
        .startsWith("examples/disc-and-cross.png\tstriped disc\t");
    try (Stream<Path> files = Files.list(out)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "disc-and-cross.smooth-grad-cam++.png",
              "disc-and-cross.smooth-grad-cam++.json",
              "disc-and-cross.smooth-grad-cam++.npy");
    }
    assertThat(ImageIO.read(out.resolve("disc-and-cross.smooth-grad-cam++.png").toFile()))
        .isNotNull();
    assertThat(Npy.read(out.resolve("disc-and-cross.smooth-grad-cam++.npy")).shape())
        .isEqualTo(Shape.of(12, 12));
  }

  @Test
  void results_go_to_stdout_and_failures_to_stderr_while_the_rest_goes_on() throws Exception {
    Outcome outcome =
        run(
            "explain",
            "examples/shapes.onnx",
            "examples/hexagon.png",
            "examples/none.png",
            "examples/two-stars.png",
            "--method",
            "grad-cam",
            "-o",
            folder.resolve("out"));
    assertThat(outcome.code()).isEqualTo(5);
    assertThat(outcome.out().lines()).hasSize(2);
    assertThat(outcome.out()).contains("hexagon.png").contains("two-stars.png");
    assertThat(outcome.err()).hasLineCount(1).startsWith("pellucid: ").contains("none.png");
  }

  @Test
  void exit_codes_tell_what_kind_of_failure_it_was() throws Exception {
    String image = "examples/hexagon.png";
    assertThat(run("explain").code()).isEqualTo(2);
    assertThat(run("explain", MODEL, image, "--layer", "none").code()).isEqualTo(2);
    assertThat(run("layers", "cli/src/test/resources/models/unsupported.onnx").code()).isEqualTo(3);
    assertThat(run("explain", MODEL, image, "--precision", "bf16").code()).isEqualTo(4);
    assertThat(run("layers", image).code()).isEqualTo(5);
  }

  @Test
  void raw_outputs_are_those_of_onnx_runtime() throws Exception {
    Path file = folder.resolve("in.npy");
    Tensor input = input(file);
    Outcome outcome = run("predict", MODEL, "--npy", file, "-o", folder.resolve("raw"));
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    double[] found = Npy.read(folder.resolve("raw/logits.npy")).toDoubleArray();

    Map<String, Tensor> outputs =
        OnnxRuntimeOracle.run(Files.readAllBytes(MODEL), Map.of("image", input));
    double[] expected = outputs.get("logits").toDoubleArray();
    assertThat(found).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      // Two orders of summation in float32, over at most 576 products and ten layers.
      double tolerance = 2e-5 * Math.max(1, Math.abs(expected[i]));
      assertThat(found[i]).isCloseTo(expected[i], within(tolerance));
    }
  }

  @Test
  void the_array_of_grad_cam_is_the_weighted_sum_of_activations() throws Exception {
    Path file = folder.resolve("in.npy");
    Tensor input = input(file);
    Path out = folder.resolve("out");
    Outcome outcome =
        run(
            "explain",
            MODEL,
            "--npy",
            file,
            "--method",
            "grad-cam",
            "--target",
            3,
            "--precision",
            "float64",
            "-o",
            out);
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    double[] found = Npy.read(out.resolve("in.grad-cam.npy")).toDoubleArray();

    double[] expected = gradCam(input, 3);
    double largest = 0;
    for (double value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(largest).isPositive();
    for (int i = 0; i < expected.length; i++) {
      assertThat(found[i]).isCloseTo(expected[i], within(1e-10 * largest));
    }
  }

  /** Grad-CAM as its paper has it, of activations and gradients asked of the engine itself. */
  private static double[] gradCam(Tensor input, int target) {
    ModelGraph graph = new OnnxImporter().read(MODEL, ImportOptions.DEFAULT);
    GradientBackend backend = Registry.ofClassPath().backend("djl");
    Tap scores = new Tap("logits");
    double[] seed = new double[10];
    seed[target] = 1;
    try (LoadedModel model = backend.load(graph, LoadOptions.DEFAULT.with(Precision.FLOAT64));
        ForwardPass pass = model.forward(Map.of("image", input), Set.of(LAYER, scores))) {
      Tensor gradient =
          pass.backward(Map.of(scores, Tensor.of(Shape.of(1, 10), seed)), Set.of(LAYER)).get(LAYER);
      Tensor activation = pass.activation(LAYER);
      double[] map = new double[144];
      for (int k = 0; k < 64; k++) {
        double weight = 0;
        for (int i = 0; i < 144; i++) {
          weight += gradient.get(k * 144 + i) / 144;
        }
        for (int i = 0; i < 144; i++) {
          map[i] += weight * activation.get(k * 144 + i);
        }
      }
      return map;
    }
  }

  @Test
  void two_runs_write_the_same_bytes_but_for_the_time_taken() throws Exception {
    List<byte[]> arrays = new ArrayList<>();
    List<byte[]> pictures = new ArrayList<>();
    for (String out : List.of("first", "second")) {
      Path directory = folder.resolve(out);
      run("explain", MODEL, "examples/hexagon.png", "--samples", 6, "--seed", 9, "-o", directory);
      arrays.add(Files.readAllBytes(directory.resolve("hexagon.smooth-grad-cam++.npy")));
      pictures.add(Files.readAllBytes(directory.resolve("hexagon.smooth-grad-cam++.png")));
    }
    assertThat(arrays.get(1)).isEqualTo(arrays.get(0));
    assertThat(pictures.get(1)).isEqualTo(pictures.get(0));
  }

  @Test
  void nothing_is_coloured_and_no_bar_is_drawn_where_there_is_no_terminal() throws Exception {
    Outcome help = run("explain", "--help");
    assertThat(help.code()).isZero();
    assertThat(help.out() + help.err()).doesNotContain("\u001b");
    Outcome work =
        run("explain", MODEL, "examples/hexagon.png", "--samples", 150, "-o", folder.resolve("o"));
    assertThat(work.err()).isEmpty();
    assertThat(work.out()).doesNotContain("\r").hasLineCount(1);
  }
}
