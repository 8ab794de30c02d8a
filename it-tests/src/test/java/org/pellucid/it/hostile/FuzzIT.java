package org.pellucid.it.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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
    OwnJvm.Ended ended =
        OwnJvm.run(
            Fuzzer.class,
            "-Xmx512m",
            Path.of(System.getProperty("pellucid.repository"), "examples"),
            folder,
            System.getProperty("pellucid.fuzz.seed", "20"),
            System.getProperty("pellucid.fuzz.count", "4000"));
    assertThat(ended.code()).as(ended.output()).isZero();
    assertThat(ended.output()).contains("models: ").contains("images: ").contains("arrays: ");
  }
}
