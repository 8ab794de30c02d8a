package org.pellucid.it.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.it.plugins.Distribution.Outcome;

/**
 * What the README and the first documents have one type, typed: every line of their blocks that
 * begins with {@code ./pellucid}, with an example where it has a word in capitals.
 */
@DisabledOnOs(OS.WINDOWS)
class ReadmeIT {
  private static final List<Document> DOCUMENTS =
      List.of(
          new Document("README.md"),
          new Document("docs/getting-started.md"),
          new Document("docs/models.md"),
          new Document("docs/preprocessing.md"));

  /** Of a checkout, what the commands name. */
  private static final List<String> LINKS = List.of("pellucid", "examples");

  @TempDir private Path folder;

  /** JUnit warns where it has to remove links. */
  @AfterEach
  void removeLinks() throws IOException {
    for (String name : LINKS) {
      Files.deleteIfExists(folder.resolve(name));
    }
  }

  static List<String> commands() {
    return DOCUMENTS.stream()
        .flatMap(document -> document.blocks().stream())
        .filter(block -> block.language().isEmpty())
        .flatMap(block -> block.text().lines())
        .filter(line -> line.startsWith("./pellucid "))
        .distinct()
        .toList();
  }

  @Test
  void there_are_commands() {
    assertThat(commands())
        .hasSizeGreaterThan(8)
        .anyMatch(command -> command.startsWith("./pellucid explain "))
        .anyMatch(command -> command.startsWith("./pellucid plugins"));
  }

  /** To a step of 256 in the mean: processors round differently. */
  @ParameterizedTest
  @CsvSource({"4, striped-triangle", "9, ringed-hexagon"})
  void the_pictures_of_the_readme_are_what_the_command_draws(String label, String picture)
      throws Exception {
    Distribution.pellucid(
            "explain",
            "examples/shapes.onnx",
            "examples/triangle-and-hexagon-wide.png",
            "--target",
            "top:2",
            "-o",
            folder)
        .orFail();
    BufferedImage drawn =
        ImageIO.read(
            folder
                .resolve("triangle-and-hexagon-wide." + label + ".smooth-grad-cam++.png")
                .toFile());
    BufferedImage shown =
        ImageIO.read(Distribution.REPOSITORY.resolve("docs/images/" + picture + ".png").toFile());
    assertThat(meanDifference(drawn, shown)).isLessThan(1);
  }

  private static double meanDifference(BufferedImage one, BufferedImage other) {
    assertThat(one.getWidth()).isEqualTo(other.getWidth());
    assertThat(one.getHeight()).isEqualTo(other.getHeight());
    double sum = 0;
    for (int y = 0; y < one.getHeight(); y++) {
      for (int x = 0; x < one.getWidth(); x++) {
        int left = one.getRGB(x, y);
        int right = other.getRGB(x, y);
        for (int shift = 0; shift < 24; shift += 8) {
          sum += Math.abs((left >> shift & 0xff) - (right >> shift & 0xff)) / 3.0;
        }
      }
    }
    return sum / one.getWidth() / one.getHeight();
  }

  /** In a folder that has what a checkout has, so that results do not fall into this one. */
  @ParameterizedTest
  @MethodSource("commands")
  void a_command_of_the_readme_runs(String command) throws Exception {
    for (String name : LINKS) {
      Files.createSymbolicLink(folder.resolve(name), Distribution.REPOSITORY.resolve(name));
    }
    // What follows two blanks is a remark.
    String line =
        command
            .replaceFirst("  .*", "")
            .replace("MODEL", "examples/shapes.onnx")
            .replace("IMAGE...", "examples/hexagon.png examples/two-stars.png")
            .replace("IMAGE|DATASET", "examples/hexagon.png")
            // All metrics of all images take minutes.
            .replace("DATASET", "examples --first 1")
            .replace("IMAGE", "examples/hexagon.png")
            .replace("metrics [ID]", "metrics iou")
            .replace("[ID]", "grad-cam")
            .replace("[options]", "--method grad-cam");
    assertThat(line).doesNotContain("[").doesNotContain("...");
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", line).directory(folder.toFile());
    // This build has just made the distribution; another one must not begin within it.
    builder.environment().put("MVN", "false");
    Outcome outcome = Distribution.run(builder).orFail();
    assertThat(outcome.out()).isNotBlank();
    assertThat(outcome.err().lines()).allMatch(said -> said.startsWith("pellucid: note: "));
    if (line.contains(" -o out")) {
      try (Stream<Path> files = Files.list(folder.resolve("out"))) {
        assertThat(files).hasSize(3);
      }
    }
  }
}
