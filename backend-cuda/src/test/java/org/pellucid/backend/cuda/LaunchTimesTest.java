package org.pellucid.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.api.Device;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.backend.cuda.emulator.EmulatedCudaDriver;
import org.pellucid.testkit.SmallNetwork;

class LaunchTimesTest {
  @TempDir private Path folder;

  @AfterEach
  void clear() {
    System.clearProperty(LaunchTimes.PROPERTY);
  }

  @Test
  void tellEachKernelThatRan() throws IOException {
    Path file = folder.resolve("times.tsv");
    System.setProperty(LaunchTimes.PROPERTY, file.toString());
    EmulatedCudaDriver driver = new EmulatedCudaDriver();
    CudaBackend backend = new CudaBackend(() -> CudaRuntime.start(driver));
    try (LoadedModel model =
        backend.load(SmallNetwork.channelsFirst(), LoadOptions.DEFAULT.with(Device.gpu(0)))) {
      for (int i = 0; i < 3; i++) {
        // From the second time on it would be recorded, and no launch have a time of its own.
        model.forward(Map.of("image", SmallNetwork.image()), Set.of()).close();
      }
      assertThat(file).doesNotExist();
    }
    List<String> lines = Files.readAllLines(file);
    assertThat(lines.get(0)).isEqualTo("kernel\tgrid\tlaunches\tmilliseconds");
    List<String[]> rows = lines.stream().skip(1).map(line -> line.split("\t")).toList();
    assertThat(rows).extracting(row -> row[0]).contains("gemm_16x64").containsAll(names(driver));
    assertThat(rows.stream().mapToInt(row -> Integer.parseInt(row[2])).sum())
        .isEqualTo(driver.launched().size());
    assertThat(rows).allSatisfy(row -> assertThat(row[1]).matches("\\d+x\\d+x\\d+"));
    assertThat(rows.stream().map(row -> -Double.parseDouble(row[3]))).isSorted();
    assertThat(rows).allSatisfy(row -> assertThat(Double.parseDouble(row[3])).isPositive());
  }

  private static Set<String> names(EmulatedCudaDriver driver) {
    return Set.copyOf(driver.launched());
  }
}
