package org.pellucid.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The archive of classes from which the distribution starts: who makes it, and what it is good for.
 */
@DisabledOnOs(OS.WINDOWS)
class ClassDataIT {
  private static final Path PELLUCID =
      Path.of(System.getProperty("pellucid.distribution"), "bin", "pellucid").toAbsolutePath();

  /** The JVM ends where it cannot use an archive. */
  private static final Map<String, String> OR_FAIL = Map.of("PELLUCID_OPTS", "-Xshare:on");

  @TempDir Path cache;
  @TempDir Path folder;

  @Test
  void isMadeInTheBackgroundOfTheFirstCommandsAndAgainWhereItDoesNotFit() throws Exception {
    List<Process> first = List.of(start(Map.of(), "--version"), start(Map.of(), "--version"));
    for (Process process : first) {
      assertThat(process.waitFor()).isZero();
    }
    Path archive = made();
    succeeds(OR_FAIL, "methods", "grad-cam");

    // As after another JVM, or an upgrade: it is made of something else, and no use.
    Files.delete(archive);
    Files.writeString(archive, "no archive");
    Files.writeString(origin(archive), "somebody else");
    assertThat(start(OR_FAIL, "--version").waitFor()).isNotZero();
    succeeds(Map.of(), "--version");
    made();
    succeeds(OR_FAIL, "--version");
  }

  @Test
  void canBeMadeAtOnceOrNotAtAll() throws Exception {
    succeeds(Map.of("PELLUCID_CLASS_DATA", "off"), "--version");
    assertThat(cache.resolve("class-data")).doesNotExist();

    Process refused = start(Map.of("PELLUCID_CLASS_DATA", "off"), "prepare-start");
    assertThat(refused.waitFor()).isEqualTo(2);

    succeeds(Map.of(), "prepare-start");
    succeeds(OR_FAIL, "--version");
  }

  @Test
  void isNotMissedWhereTheCacheCannotBeWritten() throws Exception {
    Path file = Files.createFile(folder.resolve("no-directory"));
    succeeds(Map.of("PELLUCID_CACHE", file.toString()), "--version");
  }

  private static Path origin(Path archive) {
    return archive.resolveSibling(archive.getFileName() + ".origin");
  }

  /** The archive, when it is there and who made it has tidied up. */
  private Path made() throws IOException, InterruptedException {
    Instant end = Instant.now().plus(Duration.ofMinutes(3));
    while (Instant.now().isBefore(end)) {
      try (Stream<Path> files = Files.walk(cache.resolve("class-data"))) {
        List<Path> all = files.filter(Files::isRegularFile).toList();
        List<Path> archives =
            all.stream()
                .filter(file -> file.toString().endsWith(".jsa"))
                .filter(file -> size(file) > 1_000_000)
                .toList();
        if (all.size() == 2 && archives.size() == 1) {
          return archives.get(0);
        }
      } catch (IOException | UncheckedIOException e) {
        // Not there yet, or just gone.
      }
      Thread.sleep(200);
    }
    throw new AssertionError("no archive of classes appeared in " + cache);
  }

  private static long size(Path file) {
    return file.toFile().length();
  }

  /** With nothing on stderr, where the JVM would complain, nor more than asked for on stdout. */
  private void succeeds(Map<String, String> environment, String... arguments) throws Exception {
    Process process = start(environment, arguments);
    assertThat(process.waitFor()).isZero();
    assertThat(folder.resolve("err")).isEmptyFile();
    if (arguments[0].equals("--version")) {
      assertThat(folder.resolve("out")).content().startsWith("pellucid ").hasLineCount(1);
    }
  }

  private Process start(Map<String, String> environment, String... arguments) throws IOException {
    List<String> line = new ArrayList<>(List.of(PELLUCID.toString()));
    line.addAll(List.of(arguments));
    ProcessBuilder command =
        new ProcessBuilder(line)
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(folder.resolve("err").toFile());
    command.environment().put("PELLUCID_CACHE", cache.toString());
    command.environment().put("PELLUCID_CLASS_DATA", "on");
    command.environment().putAll(environment);
    return command.start();
  }
}
