package org.pellucid.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An interrupt ends a long explanation soon, and frees everything, on each backend. */
@EnabledOnOs(
    value = OS.LINUX,
    disabledReason = "resident memory is read from /proc/self/status, which only Linux has")
class CancellingIT {
  /**
   * The allocator's fragmentation and what the JIT compiler takes move resident memory by some MiB,
   * less after the first hundred. Each of the other 100 times leaves behind less than 246 KiB; the
   * weights of the example network alone are 0.6 MiB, and a batch of eight images, which was
   * running, 0.9 MiB without its feature maps.
   */
  private static final long RESIDENT_NOISE = 24 << 10;

  /** A batch of the example network takes milliseconds, in the slow reference a second. */
  private static final long SOON = 10_000;

  @ParameterizedTest
  @CsvSource({"onnxruntime,200", "djl,200", "dl4j,200", "reference,20"})
  void explanationsThatAreCancelledLeaveNativeMemoryFlat(String backend, String times)
      throws IOException, InterruptedException {
    Path examples = Path.of(System.getProperty("pellucid.repository"), "examples");
    List<Long> lines =
        MeasuredJvm.run("256m", Cancelling.class, backend, examples.toString(), times).stream()
            .map(Long::valueOf)
            .toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(1) - lines.get(0))
        .as("KiB of resident memory: %s", lines)
        .isLessThan(RESIDENT_NOISE);
    assertThat(lines.get(2)).as("milliseconds to end after an interrupt").isLessThan(SOON);
  }
}
