package org.pellucid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.core.io.Npy;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** What is wrong with a question is said once, on one line, before any image is looked at. */
class RequestErrorsTest {
  @TempDir private Path folder;

  private static Arguments asked(int code, String said, Object... arguments) {
    return Arguments.of(code, said, List.of(arguments));
  }

  static Stream<Arguments> questions() {
    return Stream.of(
        asked(2, "nearest names", "--layer", "layer3/relu9"),
        asked(2, "layers 0 to 29", "--layer", 99),
        asked(2, "could be any of", "--layer", "Relu_output_0"),
        asked(2, "layers of operation conv", "--layer", "conv:99"),
        asked(2, "grad-cam, grad-cam++, smooth-grad-cam++", "--method", "grad-kam"),
        asked(2, "takes no layer", "--method", "gradient", "--layer", "conv:-1"),
        asked(2, "numbered 0 to 2", "--method", "gradient", "--maps", 3),
        asked(2, "by index", "--method", "gradient", "--maps", "top:2"),
        asked(2, "classes 0 to 9", "--target", 10),
        asked(2, "classes 0 to 9", "--target", -1),
        asked(2, "striped disc", "--target", "stripy disc"),
        asked(2, "number of classes, 10", "--target", "top:11"),
        asked(2, "number of classes, 10", "--target", "top:0"),
        asked(2, "numbered 0 to 63", "--maps", 64),
        asked(2, "numbered 0 to 63", "--maps", "top:65"),
        asked(2, "at least 1", "--maps", "top:0"),
        asked(2, "ends before it begins", "--maps", "9-7"),
        asked(2, "3,7-9, or top:K", "--maps", "all"),
        asked(2, "3,7-9, or top:K", "--maps", ""),
        asked(2, "cells 0 to 11 by 0 to 11", "--cells", "12,0"),
        asked(2, "cells 0 to 11 by 0 to 11", "--cells", "11,11,1,2"),
        asked(2, "cells along 2 axes", "--cells", "1"),
        asked(2, "cells along 2 axes", "--cells", "1,2,3"),
        asked(2, "R,C or R,C,H,W", "--cells", "1,2,3,4,5"),
        asked(2, "ends before it begins", "--cells", "9-7"),
        asked(2, "the input has 2", "--pixels", "3-5"),
        asked(2, "R,C or R,C,H,W", "--cells", "a,b"),
        asked(2, "R,C or R,C,H,W", "--cells", "-1,2"),
        asked(2, "at least", "--cells", "1,1,0,1"),
        asked(2, "X,Y or X,Y,W,H", "--pixels", "1;2"),
        asked(2, "contribution | weight | both", "--neurons", "all"),
        asked(2, "its options are samples", "--option", "sample=5"),
        asked(
            2,
            "has no option \"samples\"; it has no options",
            "--method",
            "grad-cam",
            "--samples",
            5),
        asked(2, "1 to 10000", "--samples", 0),
        asked(2, "1 to 10000", "--samples", 10001),
        asked(2, "1 to 10000", "--samples", "many"),
        asked(2, "at least 0", "--noise", -0.1),
        asked(2, "at least 0", "--noise", "NaN"),
        asked(2, "whole number", "--seed", 1.5),
        asked(2, "given twice", "--samples", 5, "--option", "samples=6"),
        asked(2, "NAME=VALUE", "--option", "samples"),
        asked(2, "there are onnxruntime, djl", "--backend", "tpu"),
        asked(2, "cpu, gpu, gpu:N or cuda:N, or the beginning", "--device", "tpu"),
        asked(2, "or the beginning of a card's UUID (GPU-...)", "--device", "GPU-"),
        asked(2, "at least 1", "--threads", 0),
        asked(2, "'--threads'", "--threads", "two"),
        asked(2, "float32, float64, tf32, bf16", "--precision", "float16"),
        asked(
            4,
            "it has no precision tf32; it has float32, float64",
            "--precision",
            "tf32",
            "--device",
            "cpu"),
        asked(4, "it has no precision bf16", "--backend", "djl", "--precision", "bf16"),
        asked(4, "gpu:63", "--device", "gpu:63"),
        asked(4, "gpu:63", "--backend", "djl", "--device", "gpu:63"),
        asked(4, "it has no device cuda:63 here; it has cpu", "--device", "cuda:63"),
        asked(4, "it has no device GPU-99999999 here; it has cpu", "--device", "GPU-99999999"),
        asked(2, "\"imagenet\"", "--preset", "imagnet"),
        asked(2, "mean", "--mean", "1,2"),
        asked(2, "std", "--std", "0"),
        asked(2, "'--mean'", "--mean", "a"),
        asked(2, "auto | nchw | nhwc", "--layout", "chwn"),
        asked(2, "layout", "--layout", "nhwc"),
        asked(2, "stretch | crop | fit", "--resize", "shrink"),
        asked(2, "224x224", "--size", "224"),
        asked(2, "64x64", "--size", "64x64"),
        asked(2, "png | json | npy", "--format", "pdf"),
        asked(2, "from 0 to 1", "--overlay", 1.5),
        asked(2, "from 0 to 1", "--overlay", "NaN"),
        asked(2, "turbo | jet | viridis | inferno | gray", "--colormap", "rainbow"),
        asked(2, "max | minmax | none", "--normalize", "sum"),
        asked(2, "bilinear | nearest | bicubic", "--upsample", "lanczos"),
        asked(2, "there are image", "--input", "picture"),
        asked(2, "logits", "--output-name", "scores"),
        asked(5, "no-labels.txt", "--labels", "no-labels.txt"),
        asked(2, "not both", "--npy", "x.npy"),
        asked(2, "--colormap", "--colourmap", "jet"),
        asked(2, "--layer", "--layer"));
  }

  @ParameterizedTest
  @MethodSource("questions")
  void is_refused_once_with_its_code_and_what_would_work(
      int code, String said, List<Object> arguments) {
    List<Object> all =
        new ArrayList<>(List.of("explain", Cli.SHAPES, Cli.HEXAGON, Cli.DISC_AND_CROSS));
    all.addAll(List.of("-o", folder.resolve("out")));
    all.addAll(arguments);
    Cli.Outcome outcome = Cli.run(all.toArray());
    assertThat(outcome.errLines()).hasSize(1);
    assertThat(outcome.err()).startsWith("pellucid: ").contains(said);
    assertThat(outcome.code()).isEqualTo(code);
    assertThat(outcome.out()).isEmpty();
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void a_usage_error_points_to_the_help_of_its_command() {
    assertThat(Cli.run("explain").err())
        .isEqualToNormalizingNewlines(
            "pellucid: Missing required parameter: 'MODEL'; try: pellucid explain --help\n");
    assertThat(Cli.run().code()).isEqualTo(2);
    assertThat(Cli.run().err()).contains("pellucid --help");
    assertThat(Cli.run("explian").err()).hasLineCount(1).contains("explian");
    assertThat(Cli.run("explain", Cli.SHAPES).code()).isEqualTo(2);
    assertThat(Cli.run("predict", Cli.SHAPES, "--top", 0, Cli.HEXAGON).code()).isEqualTo(2);
    assertThat(Cli.run("predict", Cli.SHAPES, Cli.HEXAGON, "-o", folder).code()).isEqualTo(2);
    assertThat(Cli.run("methods", "nope").code()).isEqualTo(2);
  }

  @Test
  void labels_that_were_asked_for_must_fit() throws IOException {
    Path labels = Files.writeString(folder.resolve("three.txt"), "a\nb\nc\n");
    Cli.Outcome outcome = Cli.run("predict", Cli.SHAPES, Cli.HEXAGON, "--labels", labels);
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).hasLineCount(1).contains("3 labels").contains("10 classes");
  }

  @Test
  void a_label_needs_labels() throws IOException {
    Path model = Files.copy(Cli.SHAPES, folder.resolve("bare.onnx"));
    Cli.Outcome outcome = Cli.run("explain", model, Cli.HEXAGON, "--target", "hexagon");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).hasLineCount(1).contains("no labels");
  }

  @Test
  void a_place_that_cannot_be_written_to_is_found_before_the_work() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "mine");
    for (Path out : List.of(file, file.resolve("below"))) {
      Cli.Outcome outcome =
          Cli.run("explain", Cli.SHAPES, Cli.HEXAGON, Cli.DISC_AND_CROSS, "-o", out);
      assertThat(outcome.code()).isEqualTo(2);
      assertThat(outcome.err()).hasLineCount(1).startsWith("pellucid: ").contains(file.toString());
      assertThat(outcome.out()).isEmpty();
    }
    assertThat(file).hasContent("mine");
  }

  @Test
  void pixels_outside_of_the_image_or_its_crop_are_said_per_image() {
    Path wide = Cli.EXAMPLES.resolve("triangle-and-hexagon-wide.png");
    Path out = folder.resolve("out");
    Cli.Outcome outside =
        Cli.run("explain", Cli.SHAPES, Cli.HEXAGON, wide, "--pixels", "130,5", "-o", out);
    assertThat(outside.code()).isEqualTo(2);
    assertThat(outside.errLines()).hasSize(1);
    assertThat(outside.err()).contains("0 to 127").contains("hexagon.png");
    assertThat(outside.outLines()).hasSize(1);
    Cli.Outcome cropped =
        Cli.run("explain", Cli.SHAPES, wide, "--resize", "crop", "--pixels", "0,5", "-o", out);
    assertThat(cropped.code()).isEqualTo(2);
    assertThat(cropped.err()).hasLineCount(1).contains("after cropping");
  }

  @Test
  void a_model_of_several_inputs_takes_no_image_and_no_single_array() throws IOException {
    Path array = folder.resolve("a.npy");
    Npy.write(array, Tensor.of(Shape.of(1, 3, 8, 8), new float[192]));
    Cli.Outcome image = Cli.run("explain", Cli.model("two-inputs"), Cli.HEXAGON, Cli.HEXAGON);
    assertThat(image.code()).isEqualTo(2);
    assertThat(image.err()).hasLineCount(1).contains("2 inputs");
    Cli.Outcome one = Cli.run("predict", Cli.model("two-inputs"), "--npy", array);
    assertThat(one.code()).isEqualTo(2);
    assertThat(one.err()).hasLineCount(1).contains("1 array");
  }

  @Test
  void what_is_not_supported_is_named() {
    Cli.Outcome outcome = Cli.run("explain", Cli.model("unsupported"), Cli.HEXAGON);
    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.err())
        .hasLineCount(1)
        .contains("Det")
        .contains("logits_node")
        .contains("17");
  }
}
