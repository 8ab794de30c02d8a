package org.pellucid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code pellucid differentiate} writes and prints, and what it refuses. */
class DifferentiateCommandTest {
  private static final String LAYER = "/layer3/layer3.1/relu2/Relu_output_0";

  @TempDir private Path folder;

  private Path out() {
    return folder.resolve("made/on/the/way.onnx");
  }

  private Cli.Outcome differentiate(Object model, Object... arguments) {
    List<Object> all = new ArrayList<>(List.of("differentiate", model));
    all.addAll(List.of(arguments));
    all.addAll(List.of("-o", out()));
    return Cli.run(all.toArray());
  }

  /** The bytes of the file, in which names and texts can be found. */
  private String written() throws IOException {
    return Files.readString(out(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void gradients_of_the_default_layer_for_a_class_that_is_given() {
    Cli.Outcome outcome = differentiate(Cli.SHAPES);
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    assertThat(outcome.outLines())
        .containsExactly(
            out().toString(),
            "input\timage\tfloat32[N, 3, 96, 96]",
            "input\tclass\tint64[N]",
            "output\tscores\tfloat32[N, 10]",
            "output\tactivations/" + LAYER + "\tfloat32[N, 64, 12, 12]",
            "output\tgradients/" + LAYER + "\tfloat32[N, 64, 12, 12]");
  }

  @Test
  void a_map_of_a_fixed_class_by_its_label_takes_only_the_image() throws IOException {
    Cli.Outcome outcome =
        differentiate(
            Cli.SHAPES, "--method", "gradcampp", "--target", "ringed hexagon", "--opset", 16);
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    assertThat(outcome.outLines())
        .containsExactly(
            out().toString(),
            "input\timage\tfloat32[N, 3, 96, 96]",
            "output\tscores\tfloat32[N, 10]",
            "output\tmap\tfloat32[N, 1, 96, 96]");
    assertThat(written())
        .contains("pellucid.method")
        .contains("grad-cam++")
        .contains("pellucid.layers")
        .contains(LAYER)
        .contains("pellucid.modelSha256")
        .contains("\"mean\":");
  }

  @Test
  void a_preset_that_is_not_known_is_not_made_up() throws IOException {
    Path bare = Files.copy(Cli.SHAPES, folder.resolve("bare.onnx"));
    assertThat(differentiate(bare).code()).isZero();
    assertThat(written()).contains("pellucid.layers").doesNotContain("pellucid.preset");
  }

  @Test
  void several_layers_each_have_two_outputs_and_repeats_count_once() {
    Cli.Outcome outcome =
        differentiate(Cli.SHAPES, "--layer", "conv:-1", "--layer", "conv:2", "--layer", "conv:-1");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.outLines()).filteredOn(line -> line.startsWith("output")).hasSize(5);
  }

  @Test
  void channels_last_becomes_maps_first_and_any_number_of_samples() {
    Cli.Outcome outcome = differentiate(Cli.model("channels-last"));
    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("class\tint64[N]");
  }

  @Test
  void a_file_is_replaced_when_the_new_one_is_complete() throws IOException {
    Files.createDirectories(out().getParent());
    Files.writeString(out(), "old");
    assertThat(differentiate(Cli.SHAPES, "--method", "smooth-grad-cam++").code()).isEqualTo(2);
    assertThat(out()).hasContent("old");
    assertThat(differentiate(Cli.SHAPES).code()).isZero();
    assertThat(written()).contains("scores");
    try (Stream<Path> files = Files.list(out().getParent())) {
      assertThat(files).containsExactly(out());
    }
  }

  private static Arguments asked(int code, String said, Object... arguments) {
    return Arguments.of(code, said, List.of(arguments));
  }

  static Stream<Arguments> questions() {
    return Stream.of(
        asked(2, "nearest names", "--layer", "layer3/relu9"),
        asked(2, "there are grad-cam", "--method", "grad-kam"),
        asked(2, "these can: grad-cam, grad-cam++", "--method", "smooth-grad-cam++"),
        asked(2, "one layer", "--method", "grad-cam", "--layer", "conv:0", "--layer", "conv:1"),
        asked(2, "it has no options", "--method", "grad-cam", "--option", "samples=3"),
        asked(2, "no method", "--option", "samples=3"),
        asked(2, "classes 0 to 9", "--target", 10),
        asked(2, "striped disc", "--target", "stripy disc"),
        asked(2, "class-input", "--target", "top:2"),
        asked(2, "13 to", "--opset", 12),
        asked(2, "'--opset'", "--opset", "newest"),
        asked(2, "--backend", "--backend", "djl"));
  }

  @ParameterizedTest
  @MethodSource("questions")
  void is_refused_with_its_code_and_what_would_work(int code, String said, List<Object> arguments) {
    Cli.Outcome outcome = differentiate(Cli.SHAPES, arguments.toArray());
    assertThat(outcome.errLines()).hasSize(1);
    assertThat(outcome.err()).startsWith("pellucid: ").contains(said);
    assertThat(outcome.code()).isEqualTo(code);
    assertThat(outcome.out()).isEmpty();
    assertThat(out()).doesNotExist();
  }

  @Test
  void a_place_that_cannot_be_written_to_is_a_usage_error() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertThat(Cli.run("differentiate", Cli.SHAPES, "-o", file.resolve("out.onnx")).code())
        .isEqualTo(2);
    Cli.Outcome directory = Cli.run("differentiate", Cli.SHAPES, "-o", folder);
    assertThat(directory.code()).isEqualTo(2);
    assertThat(directory.err()).hasLineCount(1).contains("directory");
    Path model = Files.copy(Cli.SHAPES, folder.resolve("model.onnx"));
    Cli.Outcome itself = Cli.run("differentiate", model, "-o", model);
    assertThat(itself.code()).isEqualTo(2);
    assertThat(itself.err()).hasLineCount(1).contains("the model itself");
    assertThat(model).hasSameBinaryContentAs(Cli.SHAPES);
  }

  @Test
  void a_file_to_write_is_required() {
    assertThat(Cli.run("differentiate", Cli.SHAPES).err()).hasLineCount(1).contains("--out");
  }

  @Test
  void models_that_cannot_be_read_have_their_codes() throws IOException {
    Cli.Outcome unsupported = differentiate(Cli.model("unsupported"));
    assertThat(unsupported.code()).isEqualTo(3);
    Path cut = folder.resolve("cut.onnx");
    Files.copy(Cli.SHAPES, cut, StandardCopyOption.REPLACE_EXISTING);
    Files.write(cut, java.util.Arrays.copyOf(Files.readAllBytes(cut), 1000));
    assertThat(differentiate(cut).code()).isEqualTo(5);
    assertThat(differentiate(folder.resolve("none.onnx")).code()).isEqualTo(5);
  }

  @Test
  void scores_without_a_gradient_are_not_supported() {
    Cli.Outcome outcome = differentiate(Cli.model("no-gradient"));
    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.err()).hasLineCount(1).contains("no gradient at the layer \"relu\"");
    assertThat(out()).doesNotExist();
  }

  @Test
  void an_opset_that_cannot_express_the_model_is_refused_with_one_that_can() {
    Cli.Outcome outcome = differentiate(Cli.SHAPES, "--opset", 13);
    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.err()).hasLineCount(1).contains("MaxPool").contains("is 16");
    assertThat(out()).doesNotExist();
  }

  @Test
  void samples_that_mix_are_noted_and_the_number_stays() {
    Cli.Outcome outcome = differentiate(Cli.model("mixes-samples"));
    assertThat(outcome.code()).isZero();
    assertThat(outcome.err()).hasLineCount(1).startsWith("pellucid: note: ").contains("2 samples");
    assertThat(outcome.out()).contains("class\tint64[2]");
  }

  @Test
  void the_help_says_what_is_not_in_the_file() {
    assertThat(Cli.run("differentiate", "--help").out())
        .contains("grad-cam++,")
        .contains("grad-cam-elementwise.")
        .contains("not part of the file")
        .contains("--target 7");
    assertThat(Cli.run("generate-completion").out()).contains("differentiate", "class-input");
  }
}
