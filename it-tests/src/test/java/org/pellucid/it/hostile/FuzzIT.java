package org.pellucid.it.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged files of every kind that is read from outside do no harm, in a JVM of 512 MiB. The
 * profile {@code fuzz} tries many times as many, with another seed.
 */
class FuzzIT {
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @Test
  void damagedFilesAreReadOrRefused() throws IOException, InterruptedException {
    ProcessBuilder command =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+ExitOnOutOfMemoryError",
                "-Djava.awt.headless=true",
                Fuzzer.class.getName(),
                Path.of(System.getProperty("pellucid.repository"), "examples").toString(),
                folder.toString(),
                System.getProperty("pellucid.fuzz.seed", "20"),
                System.getProperty("pellucid.fuzz.count", "4000"))
            .redirectErrorStream(true);
    command.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    Process process = command.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains("models: ").contains("images: ").contains("arrays: ");
  }
}
