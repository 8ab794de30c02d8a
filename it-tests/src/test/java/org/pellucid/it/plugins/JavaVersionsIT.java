package org.pellucid.it.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The command on every Java that is installed beside the one of this build. */
@DisabledOnOs(OS.WINDOWS)
class JavaVersionsIT {
  @TempDir private Path folder;

  static List<Path> javas() throws IOException {
    Path own = Path.of(System.getProperty("java.home")).toRealPath();
    try (Stream<Path> others = Files.list(own.getParent())) {
      return Stream.concat(Stream.of(own), others.map(JavaVersionsIT::real))
          .filter(home -> Files.isExecutable(home.resolve("bin/java")))
          .filter(home -> version(home) >= 17)
          .distinct()
          .toList();
    }
  }

  private static Path real(Path home) {
    try {
      return home.toRealPath();
    } catch (IOException e) {
      return home;
    }
  }

  private static int version(Path home) {
    try {
      return Files.readAllLines(home.resolve("release")).stream()
          .filter(line -> line.startsWith("JAVA_VERSION="))
          .map(line -> line.replaceAll("[^0-9.]", "").split("\\.")[0])
          .mapToInt(Integer::parseInt)
          .findFirst()
          .orElse(0);
    } catch (java.nio.file.NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** No word of restricted or deprecated methods, whatever natives a backend loads. */
  @ParameterizedTest
  @MethodSource("javas")
  void nothing_is_warned_about(Path java) throws Exception {
    for (String backend : List.of("onnxruntime", "djl", "dl4j")) {
      ProcessBuilder command =
          new ProcessBuilder(
                  Distribution.HOME.resolve("bin/pellucid").toString(),
                  "explain",
                  "examples/shapes.onnx",
                  "examples/hexagon.png",
                  "--method",
                  "grad-cam",
                  "--backend",
                  backend,
                  "-o",
                  folder.toString())
              .directory(Distribution.REPOSITORY.toFile());
      command.environment().put("JAVA_HOME", java.toString());
      Distribution.Outcome outcome = Distribution.run(command).orFail();
      assertThat(outcome.out()).as("%s on %s", backend, java).contains("ringed hexagon");
      assertThat(outcome.err()).as("%s on %s", backend, java).isEmpty();
    }
  }
}
