package org.pellucid.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Memory stays flat, in the heap and outside of it. */
@EnabledOnOs(
    value = OS.LINUX,
    disabledReason = "resident memory is read from /proc/self/status, which only Linux has")
class SoakIT {

  /**
   * The allocator's fragmentation and what the JIT compiler takes move resident memory by some MiB.
   * A leak of one layer of the example network (at least 36 KiB) per explanation would be 72 MiB.
   */
  private static final long RESIDENT_NOISE = 32 << 10;

  /**
   * The profile of newly compiled code and caches of the JDK. An object of 200 bytes left behind
   * for every one of an explanation's 50 arrays would be 20 MiB.
   */
  private static final long HEAP_NOISE = 4 << 10;

  private static final Map<String, Memory> MEASURED = new HashMap<>();

  /** In KiB. */
  private record Memory(long heap, long resident, long highest) {}

  @BeforeAll
  static void run() throws IOException, InterruptedException {
    Path examples = Path.of(System.getProperty("pellucid.repository"), "examples");
    MeasuredJvm.run("160m", Soak.class, examples.toString()).stream()
        .map(line -> line.split(" "))
        .forEach(
            words ->
                MEASURED.put(
                    words[0],
                    new Memory(
                        Long.parseLong(words[1]),
                        Long.parseLong(words[2]),
                        Long.parseLong(words[3]))));
  }

  private static void assertFlat(String before, String after) {
    Memory first = MEASURED.get(before);
    Memory last = MEASURED.get(after);
    assertThat(last.heap() - first.heap()).as("KiB of heap: %s", MEASURED).isLessThan(HEAP_NOISE);
    assertThat(last.resident() - first.resident())
        .as("KiB of resident memory: %s", MEASURED)
        .isLessThan(RESIDENT_NOISE);
  }

  @Test
  void twoThousandExplanationsLeaveMemoryFlat() {
    assertFlat("warm", "explained");
  }

  @Test
  void openingAndClosingAModelFiftyTimesLeavesMemoryFlat() {
    assertFlat("reopened", "reopened-often");
  }

  @Test
  void fourHundredSamplesNeedNoMoreMemoryThanTwentyFive() {
    long more = MEASURED.get("many-samples").highest() - MEASURED.get("few-samples").highest();
    // One noisy copy of the image that stayed would be 108 KiB, and 40 MiB in all; its layers more.
    assertThat(more).as("KiB of highest resident memory: %s", MEASURED).isLessThan(16 << 10);
  }
}
