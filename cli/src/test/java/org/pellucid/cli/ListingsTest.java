package org.pellucid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that list and tell: layers, methods, backends, doctor, help, completion. */
class ListingsTest {
  private static Cli.Outcome clean(Object... arguments) {
    Cli.Outcome outcome = Cli.run(arguments);
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    return outcome;
  }

  @Test
  void layers_are_listed_with_shape_stage_and_default() {
    Cli.Outcome outcome = clean("layers", Cli.SHAPES);
    List<String> marked = outcome.outLines().stream().filter(l -> l.startsWith("*")).toList();
    assertThat(marked).hasSize(1);
    assertThat(marked.get(0).strip().split("\\s+"))
        .containsExactly(
            "*", "28", "Relu", "64x12x12", "after", "/layer3/layer3.1/relu2/Relu_output_0");
    // A convolution is before its activation although a normalisation and an addition follow it.
    assertThat(outcome.outLines())
        .filteredOn(line -> line.endsWith("/layer3/layer3.1/conv2/Conv_output_0"))
        .singleElement()
        .asString()
        .contains(" Conv ")
        .contains(" before ");
    assertThat(outcome.outLines()).last().asString().contains("MaxPool").contains("64x6x6");
  }

  @Test
  void methods_begin_with_their_id() {
    assertThat(clean("methods").outLines())
        .extracting(line -> line.split("\\s+")[0])
        .contains("grad-cam", "grad-cam++", "smooth-grad-cam++", "layer-cam", "gradient", "rise")
        .doesNotHaveDuplicates();
  }

  @Test
  void a_method_shows_its_options() {
    assertThat(clean("methods", "smoothgradcampp").out())
        .startsWith("smooth-grad-cam++ ")
        .contains("needs layer, layer-gradients")
        .contains("--option samples=25")
        .contains("1 to 10000")
        .contains("--option noise=0.15")
        .contains("--option seed=0")
        .contains("corrected | paper | mean-of-maps")
        .contains("logit | exp");
  }

  @Test
  void every_method_shows_type_default_range_meaning_and_source_of_its_options() {
    Pattern complete =
        Pattern.compile(
            "  --option [a-z-]+=\\S+   \\((whole number|number|choice|text), [^)]+\\) [A-Z].+ \\[.+\\]");
    for (String line : clean("methods").outLines()) {
      String id = line.split("\\s+")[0];
      List<String> shown = clean("methods", id).outLines();
      assertThat(shown.get(0)).isEqualTo(line);
      assertThat(shown).as(id).anyMatch(each -> each.startsWith("  needs "));
      assertThat(shown)
          .filteredOn(each -> each.contains("--option"))
          .as(id)
          .allMatch(each -> complete.matcher(each).matches());
    }
  }

  @Test
  void backends_begin_with_their_id_and_tell_devices_and_precisions() {
    List<String> lines = clean("backends").outLines();
    // Of those that can run a model, the first is taken.
    assertThat(lines.get(0)).startsWith("onnxruntime ").contains("available", "cpu", "float32");
    for (String id : List.of("djl ", "dl4j ")) {
      assertThat(lines)
          .filteredOn(line -> line.startsWith(id))
          .singleElement()
          .asString()
          .contains("available", "cpu", "float32, float64");
    }
  }

  @Test
  void what_comes_without_a_plugin_is_told() {
    assertThat(clean("plugins").outLines())
        .startsWith("without a plugin")
        .hasSize(2)
        .last()
        .asString()
        .contains("backend djl", "backend reference", "method grad-cam", "importer onnx");
  }

  @Test
  void a_plugin_directory_must_be_there() {
    for (String command : List.of("plugins", "methods", "backends", "doctor")) {
      Cli.Outcome outcome = Cli.run(command, "--plugins", "no-such-directory");
      assertThat(outcome.code()).isEqualTo(2);
      assertThat(outcome.err())
          .isEqualTo(
              "pellucid: There is no plugin directory at no-such-directory"
                  + System.lineSeparator());
    }
  }

  @Test
  void a_directory_may_have_no_plugins(@TempDir Path folder) {
    assertThat(clean("methods", "--plugins", folder).out()).isEqualTo(clean("methods").out());
    assertThat(clean("--plugins", folder, "plugins").out()).isEqualTo(clean("plugins").out());
  }

  @Test
  void the_doctor_finds_this_installation_ready() {
    assertThat(clean("doctor").outLines())
        .anyMatch(line -> line.startsWith("java "))
        .anyMatch(line -> line.equals("method smooth-grad-cam++"))
        .anyMatch(line -> line.startsWith("backend djl"))
        .noneMatch(line -> line.startsWith("PROBLEM"))
        .last()
        .isEqualTo("ready");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"explain", "layers", "predict", "methods", "backends", "plugins", "doctor"})
  void every_command_has_help(String command) {
    Cli.Outcome outcome = clean(command, "--help");
    assertThat(outcome.out())
        .contains("Usage: pellucid " + command)
        .contains("--plugins", "--allowed-plugins")
        .doesNotContain("\u001b");
    assertThat(clean("help", command).out()).isEqualTo(outcome.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"explain", "layers", "predict", "methods"})
  void help_has_examples(String command) {
    assertThat(clean(command, "--help").out())
        .contains("Example")
        .contains("  pellucid " + command);
  }

  @Test
  void the_contract_of_explain_is_in_its_help() {
    assertThat(clean("explain", "--help").out())
        .contains(
            "--method",
            "--layer",
            "--target",
            "--maps",
            "--cells",
            "--pixels",
            "--neurons",
            "--option",
            "--samples",
            "--noise",
            "--seed",
            "--backend",
            "--device",
            "--threads",
            "--precision",
            "--preset",
            "--mean",
            "--std",
            "--layout",
            "--size",
            "--resize",
            "--labels",
            "-o",
            "--format",
            "--overlay",
            "--colormap",
            "--normalize",
            "--upsample",
            "--npy");
  }

  @Test
  void a_script_completes_commands_and_options() {
    assertThat(clean("generate-completion").out())
        .contains("complete -F _complete_pellucid")
        .contains("--colormap")
        .contains("smooth-grad-cam++");
    assertThat(clean("--help").out()).contains("generate-completion");
  }

  @Test
  void the_version_is_told() {
    assertThat(clean("--version").out()).startsWith("pellucid ");
  }
}
