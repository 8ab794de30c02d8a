package org.pellucid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.core.io.Npy;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** What {@code pellucid predict} prints and writes. */
class PredictCommandTest {
  @TempDir private Path folder;

  @Test
  void prints_the_highest_classes_of_each_image() {
    Cli.Outcome outcome =
        Cli.run("predict", Cli.SHAPES, Cli.DISC_AND_CROSS, Cli.HEXAGON, "--top", 2);
    assertThat(outcome.code()).isZero();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.outLines()).hasSize(4);
    assertThat(outcome.outLines().get(0)).startsWith(Cli.DISC_AND_CROSS + "\t0\tstriped disc\t");
    assertThat(outcome.outLines().get(1)).startsWith(Cli.DISC_AND_CROSS + "\t7\tcheckered cross\t");
    assertThat(outcome.outLines().get(2)).startsWith(Cli.HEXAGON + "\t9\tringed hexagon\t");
  }

  @Test
  void five_classes_unless_said_otherwise_and_never_more_than_there_are() {
    assertThat(Cli.run("predict", Cli.SHAPES, Cli.HEXAGON).outLines()).hasSize(5);
    assertThat(Cli.run("predict", Cli.SHAPES, Cli.HEXAGON, "--top", 99).outLines()).hasSize(10);
  }

  @Test
  void a_failing_image_stops_no_other() {
    Cli.Outcome outcome =
        Cli.run("predict", Cli.SHAPES, folder.resolve("missing.png"), Cli.HEXAGON, "--top", 1);
    assertThat(outcome.code()).isEqualTo(Failures.MALFORMED);
    assertThat(outcome.errLines()).hasSize(1);
    assertThat(outcome.outLines()).hasSize(1);
  }

  @Test
  void each_raw_output_is_written_under_its_name() throws IOException {
    Path image = folder.resolve("image.npy");
    Path gain = folder.resolve("gain.npy");
    Npy.write(image, Tensor.of(Shape.of(1, 3, 8, 8), new float[192]));
    Npy.write(gain, Tensor.of(Shape.of(1, 6), 0f, 0f, 0f, 0f, 0f, 0f));
    Path out = folder.resolve("outputs");
    Cli.Outcome outcome =
        Cli.run("predict", Cli.model("two-inputs"), "--npy", image, "--npy", gain, "-o", out);
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.code()).isZero();
    try (var files = Files.list(out)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("pooled_mean_0.npy", "logits.npy");
    }
    assertThat(Npy.read(out.resolve("pooled_mean_0.npy")).shape()).isEqualTo(Shape.of(1, 6));
    assertThat(Npy.read(out.resolve("logits.npy")).toDoubleArray()).containsOnly(0).hasSize(4);
    assertThat(outcome.outLines())
        .containsExactly(
            "pooled/mean:0\t" + out.resolve("pooled_mean_0.npy"),
            "logits\t" + out.resolve("logits.npy"));
  }

  @Test
  void the_known_answer_comes_out_of_an_array() throws IOException {
    Path input = folder.resolve("count.npy");
    float[] count = new float[16];
    for (int i = 0; i < count.length; i++) {
      count[i] = i;
    }
    Npy.write(input, Tensor.of(Shape.of(1, 1, 4, 4), count));
    Cli.Outcome printed = Cli.run("predict", Cli.model("known-answer"), "--npy", input);
    assertThat(printed.outLines().get(0)).isEqualTo(input + "\t0\tclass 0\t54.00");
    Cli.run("predict", Cli.model("known-answer"), "--npy", input, "-o", folder);
    assertThat(Npy.read(folder.resolve("scores.npy")).toDoubleArray()).containsExactly(54, 0);
  }
}
