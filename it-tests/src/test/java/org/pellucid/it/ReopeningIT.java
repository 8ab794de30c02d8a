package org.pellucid.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models that are closed leave nothing behind, their compiled graphs included. */
@EnabledOnOs(
    value = OS.LINUX,
    disabledReason = "resident memory is read from /proc/self/status, which only Linux has")
class ReopeningIT {
  /**
   * The allocator's fragmentation moves resident memory by some MiB. Each of the 400 or 160 times
   * leaves behind less than 60 or 150 KiB; the weights of the example network alone are 0.9 MiB,
   * and it has four compiled graphs.
   */
  private static final long RESIDENT_NOISE = 24 << 10;

  @ParameterizedTest
  @CsvSource({"onnxruntime,500", "dl4j,200"})
  void openingAndClosingAModelAgainAndAgainLeavesNativeMemoryFlat(String backend, String times)
      throws IOException, InterruptedException {
    Path model = Path.of(System.getProperty("pellucid.repository"), "examples", "shapes.onnx");
    List<Long> resident =
        MeasuredJvm.run(
                "160m",
                Reopening.class,
                backend,
                model.toString(),
                "/layer3/layer3.1/relu2/Relu_output_0",
                times)
            .stream()
            .map(Long::valueOf)
            .toList();
    assertThat(resident).hasSize(2);
    assertThat(resident.get(1) - resident.get(0))
        .as("KiB of resident memory: %s", resident)
        .isLessThan(RESIDENT_NOISE);
  }
}
