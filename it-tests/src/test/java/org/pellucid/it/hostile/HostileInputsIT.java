package org.pellucid.it.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that mean harm, given to the command in a JVM of 512 MiB: one line, the exit code for what
 * is wrong, and soon.
 */
class HostileInputsIT {
  @TempDir private Path folder;

  /** Sparse files and symbolic links are no matter of course on Windows. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void areRefusedInALine() throws IOException, InterruptedException {
    OwnJvm.Ended ended =
        OwnJvm.run(
            HostileInputs.class,
            "-Xmx512m",
            Files.createDirectory(folder.resolve("files")),
            Path.of(System.getProperty("pellucid.repository"), "examples"));
    assertThat(ended.code()).as(ended.output()).isZero();
    assertThat(ended.output()).doesNotContain("wrong").contains("all were tried");
  }
}
