package org.pellucid.core.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.pellucid.api.CancelledException;
import org.pellucid.api.Device;

/** What this process uses, in bytes: peaks since {@link #restart}. */
final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path CLEAR = Path.of("/proc/self/clear_refs");
  private static final String CLEAR_PEAK = "5";

  private ProcessMemory() {}

  /** Collects garbage and begins to watch anew. */
  static void restart() {
    System.gc();
    heapPools().forEach(MemoryPoolMXBean::resetPeakUsage);
    try {
      Files.writeString(CLEAR, CLEAR_PEAK);
    } catch (IOException e) {
      // Not Linux, or not allowed: the peak is then that of the process's whole life.
    }
  }

  private static List<MemoryPoolMXBean> heapPools() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .toList();
  }

  /** The sum over the parts of the heap of each one's highest use. */
  static long heap() {
    return heapPools().stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
  }

  /** The highest resident memory; empty where the system does not tell as Linux does. */
  static OptionalLong resident() {
    try {
      return resident(Files.readAllLines(STATUS));
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /** Reads it from the lines of {@code /proc/self/status}. */
  static OptionalLong resident(List<String> status) {
    return status.stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst();
  }

  /** What is in use of a graphics card, by NVIDIA's driver; empty where there is none. */
  static OptionalLong used(Device device) {
    if (device.kind() != Device.Kind.GPU) {
      return OptionalLong.empty();
    }
    try {
      Process process =
          new ProcessBuilder(
                  "nvidia-smi",
                  "--query-gpu=memory.used",
                  "--format=csv,noheader,nounits",
                  "--id=" + device.index())
              .redirectErrorStream(true)
              .start();
      String answer =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return process.waitFor(10, TimeUnit.SECONDS) && answer.matches("\\d{1,9}")
          ? OptionalLong.of(Long.parseLong(answer) << 20)
          : OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancelledException("Interrupted while asking for the memory of " + device);
    }
  }
}
