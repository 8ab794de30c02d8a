package org.pellucid.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.core.io.Npy;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** What {@code pellucid explain} writes and prints. */
class ExplainCommandTest {
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

  private Cli.Outcome explain(Object... arguments) {
    List<Object> all = new ArrayList<>(List.of("explain", Cli.SHAPES));
    all.addAll(Arrays.asList(arguments));
    all.addAll(List.of("-o", out()));
    Cli.Outcome outcome = Cli.run(all.toArray());
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    return outcome;
  }

  private JsonObject json(String name) throws IOException {
    return JsonParser.parseString(Files.readString(out().resolve(name))).getAsJsonObject();
  }

  private double[] map(String name) {
    return Npy.read(out().resolve(name)).toDoubleArray();
  }

  /** The map of the hexagon by Grad-CAM, with some arguments more. */
  private double[] hexagon(Object... more) {
    List<Object> all = new ArrayList<>(List.of(Cli.HEXAGON, "--method", "grad-cam"));
    all.addAll(Arrays.asList(more));
    explain(all.toArray());
    return map("hexagon.grad-cam.npy");
  }

  private BufferedImage picture(Object... more) throws IOException {
    hexagon(more);
    return ImageIO.read(out().resolve("hexagon.grad-cam.png").toFile());
  }

  private static boolean same(BufferedImage a, BufferedImage b) {
    int[] left = a.getRGB(0, 0, a.getWidth(), a.getHeight(), null, 0, a.getWidth());
    return Arrays.equals(left, b.getRGB(0, 0, b.getWidth(), b.getHeight(), null, 0, b.getWidth()));
  }

  @Test
  void writes_picture_map_and_description_and_prints_one_line() throws IOException {
    Cli.Outcome outcome = explain(Cli.HEXAGON, "--samples", 5);
    assertThat(files())
        .containsExactly(
            "hexagon.smooth-grad-cam++.json",
            "hexagon.smooth-grad-cam++.npy",
            "hexagon.smooth-grad-cam++.png");
    assertThat(outcome.outLines()).hasSize(1);
    String[] columns = outcome.out().strip().split("\t");
    assertThat(columns[0]).isEqualTo(Cli.HEXAGON.toString());
    assertThat(columns[1]).isEqualTo("ringed hexagon");
    JsonObject json = json("hexagon.smooth-grad-cam++.json");
    double score = json.getAsJsonObject("predicted").get("score").getAsDouble();
    assertThat(Double.parseDouble(columns[2])).isCloseTo(score, within(1e-3 * score));
    assertThat(columns[3].split(" "))
        .hasSize(3)
        .allSatisfy(file -> assertThat(Path.of(file)).isRegularFile());
  }

  @Test
  void the_description_has_what_is_needed_to_read_and_repeat_it() throws IOException {
    explain(Cli.HEXAGON, "--samples", 3, "--noise", 0.2, "--seed", -7);
    JsonObject json = json("hexagon.smooth-grad-cam++.json");
    for (String of : List.of("predicted", "target")) {
      JsonObject prediction = json.getAsJsonObject(of);
      assertThat(prediction.get("index").getAsInt()).isEqualTo(9);
      assertThat(prediction.get("label").getAsString()).isEqualTo("ringed hexagon");
      assertThat(prediction.get("score").getAsDouble()).isPositive();
      assertThat(prediction.get("probability").isJsonNull()).isTrue();
    }
    assertThat(json.get("status").getAsString()).isEqualTo("OK");
    assertThat(json.get("seconds").getAsDouble()).isPositive();
    assertThat(json.getAsJsonObject("map").get("shape")).hasToString("[12,12]");
    assertThat(json.getAsJsonObject("layer").get("name").getAsString())
        .isEqualTo("/layer3/layer3.1/relu2/Relu_output_0");
    assertThat(json.getAsJsonObject("selection").get("maps").getAsString()).isEqualTo("all");
    JsonObject provenance = json.getAsJsonObject("provenance");
    assertThat(provenance.get("method").getAsString()).isEqualTo("smooth-grad-cam++");
    assertThat(provenance.getAsJsonObject("options").get("samples").getAsString()).isEqualTo("3");
    assertThat(provenance.getAsJsonObject("options").get("noise").getAsString()).isEqualTo("0.2");
    assertThat(provenance.getAsJsonObject("options").get("seed").getAsString()).isEqualTo("-7");
    assertThat(provenance.get("modelSha256").getAsString()).matches("[0-9a-f]{64}");
    assertThat(provenance.get("backend").getAsString()).isEqualTo("onnxruntime");
    assertThat(provenance.get("precision").getAsString()).isEqualTo("float32");
  }

  @Test
  void the_array_is_the_raw_signed_map_in_the_precision_of_the_run() {
    hexagon("--target", 0);
    Tensor map = Npy.read(out().resolve("hexagon.grad-cam.npy"));
    assertThat(map.elementType()).isEqualTo(ElementType.FLOAT32);
    assertThat(map.shape()).isEqualTo(Shape.of(12, 12));
    assertThat(Arrays.stream(map.toDoubleArray()).min().orElseThrow()).isNegative();

    hexagon("--target", 0, "--precision", "float64");
    Tensor precise = Npy.read(out().resolve("hexagon.grad-cam.npy"));
    assertThat(precise.elementType()).isEqualTo(ElementType.FLOAT64);
    double largest = Arrays.stream(precise.toDoubleArray()).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < precise.size(); i++) {
      assertThat(map.get(i)).isCloseTo(precise.get(i), within(1e-4 * largest));
    }
  }

  @Test
  void the_map_worked_out_by_hand_comes_out_of_an_array() throws IOException {
    Path input = folder.resolve("count.npy");
    double[] count = new double[16];
    Arrays.setAll(count, i -> i);
    Npy.write(input, Tensor.of(Shape.of(1, 1, 4, 4), count));
    Cli.Outcome outcome =
        Cli.run(
            "explain",
            Cli.model("known-answer"),
            "--npy",
            input,
            "--method",
            "gradcam",
            "--precision",
            "float64",
            "-o",
            out());
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    assertThat(map("count.grad-cam.npy")).containsExactly(0, 4, 28, 32.5);
    JsonObject json = json("count.grad-cam.json");
    assertThat(json.getAsJsonObject("predicted").get("score").getAsDouble()).isEqualTo(54);
    assertThat(json.getAsJsonObject("predicted").get("label").isJsonNull()).isTrue();
    assertThat(outcome.out()).contains("class 0\t54.00");
  }

  @Test
  void an_image_without_evidence_says_so() throws IOException {
    Path input = folder.resolve("zero.npy");
    Npy.write(input, Tensor.of(Shape.of(1, 1, 4, 4), new float[16]));
    Cli.Outcome outcome =
        Cli.run("explain", Cli.model("known-answer"), "--npy", input, "--target", 1, "-o", out());
    assertThat(outcome.code()).isZero();
    String status = json("zero.smooth-grad-cam++.json").get("status").getAsString();
    assertThat(status).isNotEqualTo("OK");
    assertThat(outcome.out()).contains(status);
    assertThat(map("zero.smooth-grad-cam++.npy")).containsOnly(0);
  }

  @Test
  void several_targets_append_their_class_to_the_stem() throws IOException {
    Cli.Outcome outcome =
        explain(Cli.DISC_AND_CROSS, "--method", "grad-cam", "--target", "top:2", "--format", "npy");
    assertThat(files())
        .containsExactly("disc-and-cross.0.grad-cam.npy", "disc-and-cross.7.grad-cam.npy");
    assertThat(outcome.outLines()).hasSize(1);
    assertThat(outcome.out())
        .contains("striped disc")
        .contains("checkered cross")
        .contains("disc-and-cross.0.grad-cam.npy")
        .contains("disc-and-cross.7.grad-cam.npy");
    assertThat(map("disc-and-cross.0.grad-cam.npy"))
        .isNotEqualTo(map("disc-and-cross.7.grad-cam.npy"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "checkered cross", "Checkered Cross"})
  void a_class_is_named_by_index_or_label(String target) throws IOException {
    Cli.Outcome outcome =
        explain(Cli.DISC_AND_CROSS, "--method", "grad-cam", "--target", target, "--format", "json");
    JsonObject json = json("disc-and-cross.grad-cam.json");
    assertThat(json.getAsJsonObject("target").get("index").getAsInt()).isEqualTo(7);
    assertThat(json.getAsJsonObject("predicted").get("index").getAsInt()).isEqualTo(0);
    assertThat(outcome.out()).contains("striped disc").contains("explained: checkered cross");
  }

  @Test
  void a_repeated_stem_is_numbered() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other")).resolve("hexagon.png");
    Files.copy(Cli.DISC_AND_CROSS, other);
    explain(Cli.HEXAGON, other, Cli.HEXAGON, "--method", "grad-cam", "--format", "npy");
    assertThat(files())
        .containsExactly(
            "hexagon-2.grad-cam.npy", "hexagon-3.grad-cam.npy", "hexagon.grad-cam.npy");
    assertThat(map("hexagon-3.grad-cam.npy")).isEqualTo(map("hexagon.grad-cam.npy"));
    assertThat(map("hexagon-2.grad-cam.npy")).isNotEqualTo(map("hexagon.grad-cam.npy"));
  }

  @Test
  void a_failing_image_stops_no_other_and_its_code_is_returned() throws IOException {
    Path broken = Files.writeString(folder.resolve("hexagon.jpg"), "no image");
    Path missing = folder.resolve("missing.png");
    Cli.Outcome outcome =
        Cli.run(
            "explain",
            Cli.SHAPES,
            broken,
            missing,
            Cli.HEXAGON,
            "--method",
            "grad-cam",
            "-o",
            out());
    assertThat(outcome.code()).isEqualTo(Failures.MALFORMED);
    assertThat(outcome.errLines()).hasSize(2);
    assertThat(outcome.errLines().get(0)).startsWith("pellucid: ").contains("hexagon.jpg");
    assertThat(outcome.errLines().get(1)).startsWith("pellucid: ").contains("missing.png");
    assertThat(outcome.outLines()).hasSize(1);
    // The number tells which of the two it is, whether or not the other one worked.
    assertThat(files()).hasSize(3).allMatch(name -> name.startsWith("hexagon-2.grad-cam."));
  }

  @Test
  void the_first_failure_decides_the_code() throws IOException {
    Path broken = Files.writeString(folder.resolve("broken.png"), "no image");
    Path small = folder.resolve("small.png");
    ImageIO.write(new BufferedImage(5, 5, BufferedImage.TYPE_INT_RGB), "png", small.toFile());
    // Pixel 100, 100 is outside of the small one.
    Object[] asked = {"--method", "grad-cam", "--pixels", "100,100", "-o", out()};
    List<Object> first = new ArrayList<>(List.of("explain", Cli.SHAPES, small, broken));
    first.addAll(List.of(asked));
    assertThat(Cli.run(first.toArray()).code()).isEqualTo(Failures.USAGE);
    List<Object> second = new ArrayList<>(List.of("explain", Cli.SHAPES, broken, small));
    second.addAll(List.of(asked));
    assertThat(Cli.run(second.toArray()).code()).isEqualTo(Failures.MALFORMED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "png; hexagon.grad-cam.png",
        "json; hexagon.grad-cam.json",
        "npy,png; hexagon.grad-cam.npy hexagon.grad-cam.png"
      })
  void only_the_formats_asked_for_are_written(String formats, String expected) throws IOException {
    hexagonFiles("--format", formats);
    assertThat(files()).containsExactlyInAnyOrder(expected.split(" "));
  }

  private void hexagonFiles(Object... more) {
    List<Object> all = new ArrayList<>(List.of(Cli.HEXAGON, "--method", "grad-cam"));
    all.addAll(Arrays.asList(more));
    explain(all.toArray());
  }

  @ParameterizedTest
  @CsvSource({
    "--overlay, 0.9",
    "--colormap, jet",
    "--colormap, viridis",
    "--colormap, inferno",
    "--colormap, gray",
    "--normalize, minmax",
    "--normalize, none",
    "--upsample, nearest",
    "--upsample, bicubic"
  })
  void each_setting_of_the_picture_changes_it_and_nothing_else(String option, String value)
      throws IOException {
    BufferedImage plain = picture();
    double[] map = map("hexagon.grad-cam.npy");
    BufferedImage changed = picture(option, value);
    assertThat(same(plain, changed)).isFalse();
    assertThat(map("hexagon.grad-cam.npy")).isEqualTo(map);
    BufferedImage source = ImageIO.read(Cli.HEXAGON.toFile());
    assertThat(changed.getWidth()).isEqualTo(source.getWidth());
    assertThat(changed.getHeight()).isEqualTo(source.getHeight());
  }

  @Test
  void without_overlay_the_picture_is_the_image() throws IOException {
    assertThat(same(picture("--overlay", 0), ImageIO.read(Cli.HEXAGON.toFile()))).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "--preset imagenet",
        "--preset caffe",
        "--preset none",
        "--preset unit",
        "--mean 0.3,0.5,0.5",
        "--mean 0.4",
        "--std 0.25,0.3,0.25",
        "--std 0.5",
        "--layer conv:-1",
        "--maps 3,7-9",
        "--maps top:5",
        "--cells 2,3,4,5",
        "--pixels 10,20,60,50",
        "--target 2"
      })
  void each_setting_of_the_question_changes_the_map(String option, String value) {
    double[] plain = hexagon();
    explain(Cli.HEXAGON, "--method", "grad-cam", option, value, "--format", "npy");
    assertThat(map("hexagon.grad-cam.npy")).isNotEqualTo(plain);
  }

  @Test
  void how_an_image_is_brought_to_size_changes_the_map() {
    Path wide = Cli.EXAMPLES.resolve("triangle-and-hexagon-wide.png");
    List<double[]> maps = new ArrayList<>();
    for (String resize : List.of("stretch", "crop", "fit")) {
      explain(wide, "--method", "grad-cam", "--resize", resize);
      maps.add(map("triangle-and-hexagon-wide.grad-cam.npy"));
    }
    assertThat(maps.get(0)).isNotEqualTo(maps.get(1)).isNotEqualTo(maps.get(2));
    assertThat(maps.get(1)).isNotEqualTo(maps.get(2));
  }

  @Test
  void a_preset_file_says_the_same_as_its_numbers() throws IOException {
    Path file = folder.resolve("mine.json");
    Files.writeString(file, "{\"scale\": 255, \"mean\": [0.3, 0.4, 0.5], \"std\": [0.2]}");
    double[] byFile = hexagon("--preset", file);
    double[] byNumbers = hexagon("--preset", "unit", "--mean", "0.3,0.4,0.5", "--std", 0.2);
    assertThat(byFile).isEqualTo(byNumbers);
  }

  @Test
  void preset_and_labels_lie_beside_the_model() throws IOException {
    Path model = folder.resolve("mine.onnx");
    Files.copy(Cli.SHAPES, model);
    Files.copy(Cli.EXAMPLES.resolve("shapes.preset.json"), folder.resolve("mine.preset.json"));
    Files.writeString(
        folder.resolve("mine.labels.txt"), "a\nb\nc\nd\ne\nf\ng\nh\ni\nsix corners\n");
    double[] shapes = hexagon();
    Cli.Outcome outcome =
        Cli.run("explain", model, Cli.HEXAGON, "--method", "grad-cam", "-o", out());
    assertThat(outcome.out()).contains("\tsix corners\t");
    assertThat(map("hexagon.grad-cam.npy")).isEqualTo(shapes);

    Files.delete(folder.resolve("mine.preset.json"));
    Cli.run("explain", model, Cli.HEXAGON, "--method", "grad-cam", "-o", out());
    assertThat(map("hexagon.grad-cam.npy")).isEqualTo(hexagon("--preset", "imagenet"));
  }

  @Test
  void maps_of_a_partition_of_feature_maps_add_up() {
    double[] whole = hexagon("--precision", "float64");
    double[] first = hexagon("--precision", "float64", "--maps", "0-20");
    double[] second = hexagon("--precision", "float64", "--maps", "21,22-63");
    double largest = Arrays.stream(whole).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < whole.length; i++) {
      assertThat(first[i] + second[i]).isCloseTo(whole[i], within(1e-12 * largest));
    }
  }

  @Test
  void regions_may_be_repeated_or_stand_in_a_row() {
    double[] repeated = hexagon("--cells", "1,1", "--cells", "5,6,2,2");
    // The image comes last here, so that it must not be taken for a region.
    Cli.Outcome outcome =
        Cli.run(
            "explain",
            Cli.SHAPES,
            "--method",
            "grad-cam",
            "--cells",
            "1,1",
            "5,6,2,2",
            Cli.HEXAGON,
            "-o",
            out());
    assertThat(outcome.code()).isZero();
    assertThat(map("hexagon.grad-cam.npy")).isEqualTo(repeated);
    for (int i = 0; i < repeated.length; i++) {
      int row = i / 12;
      int column = i % 12;
      boolean selected =
          (row == 1 && column == 1) || (row >= 5 && row <= 6 && column >= 6 && column <= 7);
      if (!selected) {
        assertThat(repeated[i]).isZero();
      }
    }
    assertThat(Arrays.stream(repeated).filter(value -> value != 0).count()).isBetween(1L, 5L);
  }

  @Test
  void pixels_are_those_of_the_image_as_displayed() {
    // The image has 128 pixels for 12 cells.
    double[] pixels = hexagon("--pixels", "0,0,128,64");
    double[] cells = hexagon("--cells", "0,0,6,12");
    assertThat(pixels).isEqualTo(cells);
  }

  @Test
  void options_may_be_repeated_or_stand_in_a_row() throws IOException {
    explain(Cli.HEXAGON, "--option", "samples=3", "--option", "seed=5", "--option", "noise=0.1");
    double[] repeated = map("hexagon.smooth-grad-cam++.npy");
    Cli.Outcome outcome =
        Cli.run(
            "explain",
            Cli.SHAPES,
            "--option",
            "samples=3",
            "seed=5",
            "noise=0.1",
            Cli.HEXAGON,
            "-o",
            out());
    assertThat(outcome.code()).isZero();
    assertThat(map("hexagon.smooth-grad-cam++.npy")).isEqualTo(repeated);
    explain(Cli.HEXAGON, "--samples", 3, "--seed", 5, "--noise", 0.1);
    assertThat(map("hexagon.smooth-grad-cam++.npy")).isEqualTo(repeated);
  }

  @ParameterizedTest
  @CsvSource({
    "gradcam, grad-cam",
    "gradcampp, grad-cam++",
    "smoothgradcampp, smooth-grad-cam++",
    "grad-cam++, grad-cam++"
  })
  void files_are_named_after_the_method_whatever_it_was_called(String asked, String id)
      throws IOException {
    explain(Cli.HEXAGON, "--method", asked, "--format", "npy");
    assertThat(files()).containsExactly("hexagon." + id + ".npy");
  }

  @Test
  void threads_change_nothing_but_rounding() {
    double[] one = hexagon("--threads", 1);
    double[] two = hexagon("--threads", 2);
    double largest = Arrays.stream(one).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < one.length; i++) {
      assertThat(two[i]).isCloseTo(one[i], within(1e-4 * largest));
    }
  }

  @Test
  void a_model_of_several_inputs_is_explained_by_arrays() throws IOException {
    Path image = folder.resolve("image.npy");
    Path gain = folder.resolve("gain.npy");
    float[] pixels = new float[3 * 8 * 8];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (i * 37 % 64) / 64f;
    }
    Npy.write(image, Tensor.of(Shape.of(1, 3, 8, 8), pixels));
    Npy.write(gain, Tensor.of(Shape.of(1, 6), 1f, 2f, 3f, 4f, 5f, 6f));
    Cli.Outcome outcome =
        Cli.run(
            "explain",
            Cli.model("two-inputs"),
            "--npy",
            image,
            gain,
            "--input",
            "image",
            "--output-name",
            "logits",
            "--method",
            "grad-cam",
            "-o",
            out());
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    assertThat(files())
        .containsExactly("image.grad-cam.json", "image.grad-cam.npy", "image.grad-cam.png");
    JsonObject json = json("image.grad-cam.json");
    assertThat(json.getAsJsonObject("predicted").get("index").getAsInt()).isBetween(0, 3);
    assertThat(json.getAsJsonObject("map").get("shape")).hasToString("[8,8]");
  }

  @Test
  void probabilities_are_told_where_the_model_has_them() throws IOException {
    Cli.Outcome outcome =
        Cli.run(
            "explain",
            Cli.model("channels-last"),
            Cli.HEXAGON,
            "--preset",
            "unit",
            "--layout",
            "nhwc",
            "--method",
            "grad-cam",
            "-o",
            out());
    assertThat(outcome.err()).isEmpty();
    JsonObject predicted = json("hexagon.grad-cam.json").getAsJsonObject("predicted");
    assertThat(predicted.get("probability").getAsDouble()).isBetween(0.25, 1.0);
    assertThat(predicted.get("label").isJsonNull()).isTrue();
    assertThat(outcome.out()).containsPattern("\tclass \\d\t[-0-9.]+ \\(0\\.\\d{4}\\)\t");
    assertThat(json("hexagon.grad-cam.json").getAsJsonObject("map").get("shape"))
        .hasToString("[16,16]");
  }

  @Test
  void the_size_of_an_open_input_is_the_users() throws IOException {
    Cli.Outcome outcome =
        Cli.run(
            "explain",
            Cli.model("open-size"),
            Cli.HEXAGON,
            "--size",
            "20x30",
            "--method",
            "grad-cam",
            "-o",
            out());
    assertThat(outcome.code()).isZero();
    assertThat(Npy.read(out().resolve("hexagon.grad-cam.npy")).shape()).isEqualTo(Shape.of(20, 30));
  }

  @Test
  void labels_beside_the_model_that_do_not_fit_are_warned_of_and_used() throws IOException {
    Path model = folder.resolve("few.onnx");
    Files.copy(Cli.SHAPES, model, StandardCopyOption.REPLACE_EXISTING);
    Files.copy(Cli.EXAMPLES.resolve("shapes.preset.json"), folder.resolve("few.preset.json"));
    Files.writeString(folder.resolve("few.labels.txt"), "first one\nsecond one\n");
    Cli.Outcome outcome =
        Cli.run(
            "explain", model, Cli.HEXAGON, Cli.DISC_AND_CROSS, "--method", "grad-cam", "-o", out());
    assertThat(outcome.code()).isZero();
    assertThat(outcome.errLines()).hasSize(1);
    assertThat(outcome.err()).startsWith("pellucid: warning: ").contains("2 labels", "10 classes");
    assertThat(outcome.outLines().get(0)).contains("\tclass 9\t");
    assertThat(outcome.outLines().get(1)).contains("\tfirst one\t");
  }

  @Test
  void a_number_is_an_index_where_the_model_has_it_and_a_label_otherwise() throws IOException {
    Path labels =
        Files.writeString(folder.resolve("years.txt"), "9\n8\n7\n6\n5\n4\n3\n2\n1\n1984\n");
    for (var asked : List.of(List.of("1984", 9), List.of("2", 2))) {
      explain(
          Cli.HEXAGON,
          "--labels",
          labels,
          "--method",
          "grad-cam",
          "--target",
          asked.get(0),
          "--format",
          "json");
      assertThat(json("hexagon.grad-cam.json").getAsJsonObject("target").get("index").getAsInt())
          .isEqualTo(asked.get(1));
    }
  }

  @Test
  void files_are_replaced_and_nothing_else_is_left() throws IOException {
    hexagon();
    hexagon();
    assertThat(files())
        .containsExactly("hexagon.grad-cam.json", "hexagon.grad-cam.npy", "hexagon.grad-cam.png");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gradient", "occlusion"})
  void methods_without_a_layer_explain_the_input_pixel_by_pixel(String method) throws IOException {
    explain(Cli.HEXAGON, "--method", method);
    JsonObject json = json("hexagon." + method + ".json");
    assertThat(json.get("status").getAsString()).isEqualTo("OK");
    assertThat(json.getAsJsonObject("map").get("shape")).hasToString("[96,96]");
    JsonObject layer = json.getAsJsonObject("layer");
    assertThat(layer.get("name").getAsString()).isEqualTo("image");
    assertThat(layer.get("operation").getAsString()).isEqualTo("Input");
    assertThat(layer.get("position").getAsInt()).isEqualTo(-1);
    assertThat(layer.get("shape")).hasToString("[3,96,96]");
    assertThat(json.getAsJsonArray("contributions")).isEmpty();
    assertThat(map("hexagon." + method + ".npy")).hasSize(96 * 96);
  }

  @Test
  void pixels_select_what_is_shown_of_an_input() {
    explain(Cli.HEXAGON, "--method", "input-x-gradient", "--cells", "0,0,1,2");
    double[] map = map("hexagon.input-x-gradient.npy");
    assertThat(Arrays.stream(map).skip(2)).allMatch(x -> x == 0);
  }
}
