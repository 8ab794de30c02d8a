package org.pellucid.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script beside the jars, with something in Java's place that tells what it was called with.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "it is a script for sh")
class ScriptTest {
  @TempDir private Path folder;

  @BeforeEach
  void copy() throws IOException {
    Files.copy(Path.of("../backend-cuda/gpu-check"), folder.resolve("gpu-check"));
    Path java = Files.createDirectories(folder.resolve("jdk/bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\necho \"$@\"\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private String run(int code, String javaHome) throws IOException, InterruptedException {
    ProcessBuilder command =
        new ProcessBuilder("sh", folder.resolve("gpu-check").toString(), "--seconds", "99");
    command.environment().put("JAVA_HOME", folder.resolve(javaHome).toString());
    Process process = command.redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isEqualTo(code);
    return text;
  }

  @Test
  void startsJavaWithTheJarsBesideIt() throws IOException, InterruptedException {
    Files.createDirectory(folder.resolve("lib"));
    Path here = folder.toRealPath();
    assertThat(run(0, "jdk"))
        .isEqualToIgnoringNewLines(
            "--enable-native-access=ALL-UNNAMED -cp "
                + here
                + "/lib/* "
                + GpuCheck.class.getName()
                + " --script "
                + here
                + "/pytorch.py --seconds 99");
  }

  @Test
  void saysWhatIsMissing() throws IOException, InterruptedException {
    assertThat(run(2, "jdk")).contains("there are no jars").contains("-pl bench -am package");
    Files.createDirectory(folder.resolve("lib"));
    assertThat(run(2, "no-jdk")).contains("there is no Java runtime");
  }
}
