package org.pellucid.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.jar.JarInputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The distribution that {@code cli} packages, started as a user starts it. */
@DisabledOnOs(OS.WINDOWS)
class DistributionIT {

  private static final Path HOME =
      Path.of(System.getProperty("pellucid.distribution")).toAbsolutePath().normalize();

  @TempDir Path folder;

  @Test
  void startsFromAnyFolderThroughSymbolicLinks() throws Exception {
    Path links = Files.createDirectory(folder.resolve("with space"));
    Path absolute =
        Files.createSymbolicLink(folder.resolve("absolute"), HOME.resolve("bin/pellucid"));
    Path relative =
        Files.createSymbolicLink(links.resolve("relative"), Path.of("..").resolve("absolute"));

    assertThat(run(absolute, "--version").exitCode).isZero();
    Outcome outcome = run(relative, "--version");
    assertThat(outcome.exitCode).isZero();
    assertThat(outcome.output).containsIgnoringCase("pellucid");
  }

  @Test
  void handsTheExitCodeOn() throws Exception {
    assertThat(run(HOME.resolve("bin/pellucid"), "--no-such-option").exitCode).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"graph", "onnx", "api", "core", "methods", "cli"})
  void everyModuleIsThereUnderItsModuleName(String module) throws IOException {
    try (Stream<Path> files = Files.list(HOME.resolve("lib"))) {
      List<Path> jars =
          files
              .filter(
                  file -> file.getFileName().toString().matches("pellucid-" + module + "-\\d.*"))
              .toList();
      assertThat(jars).hasSize(1);
      try (JarFile jar = new JarFile(jars.get(0).toFile())) {
        assertThat(jar.getManifest().getMainAttributes().getValue("Automatic-Module-Name"))
            .isEqualTo("org.pellucid." + module.replace('-', '.'));
      }
    }
  }

  /** A plugin brings what it needs, but for what it has from the application. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "backend-cuda",
        "backend-djl",
        "backend-dl4j",
        "backend-onnxruntime",
        "importer-dl4j"
      })
  void everyPluginHasItsModuleAndNothingThatIsShared(String module) throws IOException {
    try (Stream<Path> files = Files.list(HOME.resolve("plugins"))) {
      List<Path> zips =
          files
              .filter(
                  file ->
                      file.getFileName().toString().matches("pellucid-" + module + "-\\d.*\\.zip"))
              .toList();
      assertThat(zips).hasSize(1);
      try (ZipFile zip = new ZipFile(zips.get(0).toFile())) {
        List<String> names = zip.stream().map(ZipEntry::getName).toList();
        assertThat(names)
            .contains("plugin.properties")
            .noneMatch(name -> name.matches("lib/(pellucid-(api|graph|onnx|core)|slf4j).*"));
        String jar =
            names.stream().filter(name -> name.startsWith("lib/pellucid-")).findFirst().get();
        try (JarInputStream in = new JarInputStream(zip.getInputStream(zip.getEntry(jar)))) {
          assertThat(in.getManifest().getMainAttributes().getValue("Automatic-Module-Name"))
              .isEqualTo("org.pellucid." + module.replace('-', '.'));
        }
      }
    }
  }

  private record Outcome(int exitCode, String output) {}

  private Outcome run(Path command, String... arguments) throws Exception {
    List<String> line = new ArrayList<>(List.of(command.toString()));
    line.addAll(List.of(arguments));
    Path output = Files.createTempFile(folder, "output", ".txt");
    Process process =
        new ProcessBuilder(line)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(2, TimeUnit.MINUTES);
    if (!ended) {
      process.destroyForcibly();
    }
    assertThat(ended).as("%s ended", line).isTrue();
    return new Outcome(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
  }
}
