package org.pellucid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code pellucid convert} writes and prints, and that Keras's models run as any other. */
class ConvertCommandTest {
  private static final Path KERAS =
      Path.of("..", "importer-dl4j", "src", "test", "fixtures", "keras", "residual.h5");
  private static final List<Object> IMAGES =
      List.of("--preset", "unit", "--size", "40x32", "--resize", "stretch");

  @TempDir private Path folder;

  private Path out() {
    return folder.resolve("made/on/the/way.onnx");
  }

  private static Cli.Outcome run(Object... arguments) {
    Object[] all = Stream.concat(Arrays.stream(arguments), IMAGES.stream()).toArray(Object[]::new);
    return Cli.run(all);
  }

  private String written() throws IOException {
    return Files.readString(out(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void a_model_of_keras_becomes_onnx_that_predicts_the_same() throws IOException {
    Cli.Outcome outcome = run("convert", KERAS, out());
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    assertThat(outcome.outLines())
        .containsExactly(
            out().toString(),
            "input\timage\tfloat32[N, 40, 32, 3]",
            "output\tprobabilities\tfloat32[N, 3]");
    assertThat(written())
        .contains("pellucid.modelSha256")
        .contains("residual.h5")
        .contains("pellucid.preset")
        .contains("stem_relu")
        .contains("excite");
    Cli.Outcome before =
        run("predict", KERAS, Cli.HEXAGON, "--precision", "float64", "--backend", "reference");
    Cli.Outcome after =
        run("predict", out(), Cli.HEXAGON, "--precision", "float64", "--backend", "reference");
    assertThat(before.code()).as(before.err()).isZero();
    assertThat(after.out()).isEqualTo(before.out()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"onnxruntime", "djl", "reference"})
  void a_model_of_keras_is_explained_on_every_backend(String backend) throws IOException {
    Cli.Outcome outcome =
        run(
            "explain",
            KERAS,
            Cli.HEXAGON,
            "--backend",
            backend,
            "--precision",
            backend.equals("reference") ? "float64" : "float32",
            "--method",
            "grad-cam++",
            "--layer",
            "conv:-1",
            "-o",
            folder);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(folder.resolve("hexagon.grad-cam++.npy")).exists();
    assertThat(Files.readString(folder.resolve("hexagon.grad-cam++.json")))
        .contains("/linear\"")
        .contains("residual.h5");
  }

  /** A library's own settings would have it tell of each weight, on stdout. */
  @Test
  void logging_is_set_here_whatever_libraries_bring() {
    Cli.run("--version");
    assertThat(System.getProperty("org.slf4j.simpleLogger.logFile")).isEqualTo("System.err");
    assertThat(System.getProperty("org.slf4j.simpleLogger.defaultLogLevel")).isEqualTo("warn");
  }

  @Test
  void layers_of_a_model_of_keras_have_its_names() {
    Cli.Outcome outcome = run("layers", KERAS);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("stem_relu", "excite", "sum", "Conv2D", "SeparableConv2D");
  }

  @Test
  void onnx_is_converted_too_with_other_operators_and_its_weights_beside_it() throws IOException {
    Cli.Outcome outcome = Cli.run("convert", Cli.SHAPES, out(), "--opset", 13, "--external-data");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.outLines()).contains("input\timage\tfloat32[N, 3, 96, 96]");
    assertThat(out().resolveSibling("way.onnx.data")).isNotEmptyFile();
    assertThat(Cli.run("predict", out(), Cli.HEXAGON).outLines().get(0).split("\\s+")[1])
        .isEqualTo(Cli.run("predict", Cli.SHAPES, Cli.HEXAGON).outLines().get(0).split("\\s+")[1]);
  }

  @Test
  void a_file_is_replaced_when_the_new_one_is_complete() throws IOException {
    Files.createDirectories(out().getParent());
    Files.writeString(out(), "old");
    Path cut =
        Files.write(folder.resolve("cut.h5"), Arrays.copyOf(Files.readAllBytes(KERAS), 9000));
    Cli.Outcome failed = Cli.run("convert", cut, out());
    assertThat(failed.code()).isEqualTo(5);
    assertThat(failed.err()).hasLineCount(1);
    assertThat(out()).hasContent("old");
    assertThat(run("convert", KERAS, out()).code()).isZero();
    assertThat(written()).contains("probabilities");
    try (Stream<Path> files = Files.list(out().getParent())) {
      assertThat(files).containsExactly(out());
    }
  }

  @Test
  void what_cannot_be_asked_for() throws IOException {
    Path model = Files.copy(KERAS, folder.resolve("model.h5"));
    assertThat(Cli.run("convert", model, model).code()).isEqualTo(2);
    assertThat(model).hasSameBinaryContentAs(KERAS);
    assertThat(Cli.run("convert", KERAS).code()).isEqualTo(2);
    assertThat(Cli.run("convert", KERAS, out(), "--opset", 7).err()).contains("13 to 26");
    assertThat(Cli.run("convert", KERAS, out(), "--output-name", "scores").err())
        .contains("there are probabilities");
    assertThat(Cli.run("convert", folder.resolve("none.zip"), out()).code()).isEqualTo(5);
    Path text = Files.writeString(folder.resolve("text.zip"), "PK, but no zip");
    Cli.Outcome unknown = Cli.run("convert", text, out());
    assertThat(unknown.code()).isEqualTo(5);
    assertThat(unknown.err()).contains("in no format that can be read", "keras", "dl4j", "onnx");
    assertThat(out()).doesNotExist();
  }
}
