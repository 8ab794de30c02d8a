package org.pellucid.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Many samples need hardly more memory than a few, with the launcher's settings. */
@EnabledOnOs(
    value = OS.LINUX,
    disabledReason = "resident memory is read from /proc/self/status, which only Linux has")
class SampleMemoryIT {
  private static final Path REPOSITORY = Path.of(System.getProperty("pellucid.repository"));

  /**
   * How many times as much. On the heap it is 1.00 to 1.08, resident 1.08 to 1.12: the JIT compiler
   * has more to do. Without the launcher's bound on new objects it is 2.1 and 1.5.
   */
  private static final double MOST = 1.2;

  /** When the collector and the JIT compiler get to work depends on what else the machine does. */
  private static final int TRIES = 3;

  /** In KiB. */
  private record Peaks(long heap, long resident) {
    boolean hardlyMoreThan(Peaks other) {
      return heap <= MOST * other.heap && resident <= MOST * other.resident;
    }
  }

  /** The launcher's own words for the JVM, so that it cannot lose them unseen. */
  private static List<String> settings() throws IOException {
    String launcher = Files.readString(REPOSITORY.resolve("cli/src/main/dist/bin/pellucid"));
    return Pattern.compile("(?<= )-XX:[A-Z+]\\S+(?= )")
        .matcher(launcher.substring(launcher.indexOf("\nexec ")))
        .results()
        .map(match -> match.group())
        .toList();
  }

  private static Peaks of(int samples) throws IOException, InterruptedException {
    List<String> lines =
        MeasuredJvm.run(
            settings(),
            SampleMemory.class,
            REPOSITORY.resolve("examples").toString(),
            Integer.toString(samples));
    assertThat(lines).hasSize(2);
    return new Peaks(Long.parseLong(lines.get(0)), Long.parseLong(lines.get(1)));
  }

  @Test
  void aThousandSamplesNeedHardlyMoreMemoryThanTwentyFive()
      throws IOException, InterruptedException {
    assertThat(settings()).isNotEmpty();
    List<String> measured = new ArrayList<>();
    for (int i = 0; i < TRIES; i++) {
      Peaks few = of(25);
      Peaks many = of(1000);
      if (many.hardlyMoreThan(few)) {
        return;
      }
      measured.add(few + " and " + many);
    }
    assertThat(measured).as("KiB of 25 and of 1000 samples").isEmpty();
  }
}
