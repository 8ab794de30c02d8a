package org.pellucid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.core.io.Npy;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** What {@code pellucid compare} writes, prints and returns. */
class CompareCommandTest {
  @TempDir private Path folder;

  private Path out() {
    return folder.resolve("made/on/the/way");
  }

  private Set<String> files() throws IOException {
    try (Stream<Path> found = Files.list(out())) {
      Set<String> names = new TreeSet<>();
      found.forEach(file -> names.add(file.getFileName().toString()));
      return names;
    }
  }

  private Cli.Outcome compare(Object... arguments) {
    List<Object> all = new ArrayList<>(List.of("compare", Cli.SHAPES));
    all.addAll(Arrays.asList(arguments));
    all.addAll(List.of("-o", out()));
    return Cli.run(all.toArray());
  }

  private JsonObject json() throws IOException {
    return JsonParser.parseString(Files.readString(out().resolve("comparison.json")))
        .getAsJsonObject();
  }

  private static List<String> texts(JsonObject json, String array, String member) {
    List<String> found = new ArrayList<>();
    for (JsonElement element : json.getAsJsonArray(array)) {
      found.add(element.getAsJsonObject().get(member).getAsString());
    }
    return found;
  }

  @Test
  void methods_run_on_all_backends_by_default() throws IOException {
    String methods = "grad-cam,grad-cam++,smooth-grad-cam++";
    Cli.Outcome outcome =
        compare(
            Cli.HEXAGON,
            "--methods",
            methods,
            "--samples",
            2,
            "--device",
            "cpu",
            "--fail-on-disagreement",
            1e-4);
    assertThat(outcome.code()).isZero();
    // With a reason that depends on the machine.
    assertThat(outcome.errLines())
        .hasSize(2)
        .anySatisfy(line -> assertThat(line).startsWith("pellucid: note: left out cuda: "))
        .contains(
            "pellucid: note: left out reference: it has no precision float32; it has float64");
    assertThat(files()).containsExactly("comparison.json", "hexagon.comparison.png", "index.html");
    assertThat(outcome.outLines()).hasSize(3);
    assertThat(outcome.outLines().get(0).split("\t"))
        .contains(Cli.HEXAGON.toString(), "ringed hexagon", "agrees");
    JsonObject json = json();
    assertThat(texts(json, "backends", "id")).containsExactly("onnxruntime", "djl", "dl4j");
    assertThat(json.getAsJsonArray("methods")).hasSize(3);
    assertThat(texts(json, "leftOut", "backend")).containsExactly("cuda", "reference");
    JsonObject one = json.getAsJsonArray("comparisons").get(0).getAsJsonObject();
    assertThat(one.getAsJsonArray("cells")).hasSize(9);
    assertThat(texts(one, "betweenBackends", "verdict")).containsOnly("AGREES").hasSize(9);
    assertThat(one.getAsJsonArray("betweenMethods")).hasSize(9);
    // The same map as explain's.
    JsonObject cell = one.getAsJsonArray("cells").get(0).getAsJsonObject();
    Cli.run("explain", Cli.SHAPES, Cli.HEXAGON, "--method", "grad-cam", "-o", folder);
    JsonObject explained =
        JsonParser.parseString(Files.readString(folder.resolve("hexagon.grad-cam.json")))
            .getAsJsonObject();
    assertThat(cell.getAsJsonObject("explanation").get("map")).isEqualTo(explained.get("map"));
  }

  @Test
  void all_methods_are_those_of_the_input_and_of_many_passes_too() throws IOException {
    Cli.Outcome outcome =
        compare(
            Cli.HEXAGON,
            "--methods",
            "all",
            "--maps",
            "0-2",
            "--backends",
            "onnxruntime",
            "--option",
            "masks=20",
            "--option",
            "samples=2",
            "--option",
            "steps=2");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    JsonObject one = json().getAsJsonArray("comparisons").get(0).getAsJsonObject();
    assertThat(json().getAsJsonArray("methods").toString())
        .contains("\"grad-cam\"", "\"gradient\"", "\"rise\"", "\"cam\"");
    assertThat(one.getAsJsonArray("cells")).hasSize(json().getAsJsonArray("methods").size());
  }

  @Test
  void in_double_precision_backends_agree_to_a_billionth() throws IOException {
    Cli.Outcome outcome =
        compare(Cli.HEXAGON, "--precision", "float64", "--methods", "grad-cam,grad-cam++");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.err()).startsWith("pellucid: note: left out onnxruntime: ");
    assertThat(json().get("tolerance").getAsDouble()).isEqualTo(1e-9);
    assertThat(texts(json(), "backends", "id")).containsExactly("djl", "dl4j", "reference");
    assertThat(json().getAsJsonObject("verdicts").get("AGREES").getAsInt()).isEqualTo(6);
  }

  @Test
  void several_targets_layers_and_images_of_one_name_have_files_of_their_own() throws IOException {
    Cli.Outcome outcome =
        compare(
            Cli.HEXAGON,
            Cli.HEXAGON,
            "--target",
            "top:2",
            "--layers",
            "conv:-1,28",
            "--methods",
            "grad-cam",
            "--backends",
            "djl");
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    assertThat(files())
        .hasSize(2 + 8)
        .contains(
            "hexagon.9._layer3_layer3.1_relu2_Relu_output_0.comparison.png",
            "hexagon-2.9._layer3_layer3.1_relu2_Relu_output_0.comparison.png");
    assertThat(json().getAsJsonArray("comparisons")).hasSize(8);
    assertThat(outcome.out()).contains("one backend");
  }

  @Test
  void disagreement_is_written_and_then_returned() throws IOException {
    Cli.Outcome outcome =
        compare(Cli.HEXAGON, "--methods", "grad-cam", "--fail-on-disagreement", 0);
    assertThat(outcome.code()).isEqualTo(6);
    assertThat(outcome.out()).containsPattern("DISAGREES in [1-3] of 3");
    assertThat(files()).contains("comparison.json", "index.html", "hexagon.comparison.png");
    assertThat(Files.readString(out().resolve("index.html"))).contains("✗ DISAGREES");
  }

  @Test
  void an_image_that_fails_stops_no_other_and_is_told_of() throws IOException {
    Path missing = folder.resolve("missing.png");
    Cli.Outcome outcome =
        compare(missing, Cli.HEXAGON, "--methods", "gradcam", "--backends", "djl");
    assertThat(outcome.code()).isEqualTo(5);
    assertThat(texts(json(), "failures", "image")).containsExactly(missing.toString());
    assertThat(json().getAsJsonArray("comparisons")).hasSize(1);
  }

  @Test
  void arrays_are_taken_in_place_of_an_image() throws IOException {
    Path array = folder.resolve("input.npy");
    Npy.write(array, Tensor.of(Shape.of(1, 3, 96, 96), new float[3 * 96 * 96]));
    Cli.Outcome outcome =
        compare("--npy", array, "--methods", "grad-cam", "--target", 3, "--cells", "1,2,3,4");
    assertThat(outcome.code()).isZero();
    assertThat(files()).contains("input.comparison.png");
  }

  @Test
  void a_label_may_be_anything() throws IOException {
    Path labels = folder.resolve("labels.txt");
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      names.add("<script>alert(" + i + ")</script>");
    }
    Files.write(labels, names);
    Cli.Outcome outcome =
        compare(Cli.HEXAGON, "--methods", "grad-cam", "--backends", "djl", "--labels", labels);
    assertThat(outcome.code()).isZero();
    assertThat(Files.readString(out().resolve("index.html")))
        .doesNotContain("<script>alert")
        .contains("&lt;script&gt;alert(9)");
  }

  private void refused(int code, String part, Object... arguments) {
    Cli.Outcome outcome = compare(arguments);
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(code);
    assertThat(outcome.errLines()).hasSize(1);
    assertThat(outcome.err()).contains(part);
    assertThat(out().resolve("index.html")).doesNotExist();
  }

  @Test
  void what_was_asked_by_name_must_be_there() {
    refused(2, "grad-kam", Cli.HEXAGON, "--methods", "grad-kam");
    refused(2, "tpu", Cli.HEXAGON, "--backends", "djl,tpu");
    refused(4, "float64", Cli.HEXAGON, "--backends", "onnxruntime", "--precision", "float64");
    refused(2, "nowhere", Cli.HEXAGON, "--layers", "nowhere");
    refused(2, "sampels", Cli.HEXAGON, "--option", "sampels=3");
    refused(2, "samples", Cli.HEXAGON, "--methods", "grad-cam", "--samples", 3);
    refused(2, "-1", Cli.HEXAGON, "--fail-on-disagreement", -1);
    refused(2, "all", Cli.HEXAGON, "--methods", "all,grad-cam");
    refused(2, "Give images");
  }

  @Test
  void pixels_outside_of_the_image_are_an_error_and_not_left_out() throws IOException {
    Cli.Outcome outcome = compare(Cli.HEXAGON, "--pixels", "5000,5000");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("5000");
    assertThat(json().getAsJsonArray("comparisons")).isEmpty();
  }
}
