package org.pellucid.it;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process has of memory, as Linux counts it, in KiB. */
final class ProcessMemory {
  private ProcessMemory() {}

  /** Lets go of what nobody uses any more. */
  static void collect() {
    // Twice: cleaners of the first collection's finds let go of more.
    System.gc();
    System.gc();
  }

  /** What lies in memory now. */
  static long resident() throws IOException {
    return status("VmRSS");
  }

  /** The most that lay in memory so far. */
  static long highest() throws IOException {
    return status("VmHWM");
  }

  /** The sum over the parts of the heap of the most that was used of each so far. */
  static long highestHeap() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .mapToLong(pool -> pool.getPeakUsage().getUsed())
            .sum()
        >> 10;
  }

  private static long status(String entry) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith(entry + ":")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("The system does not tell " + entry);
  }
}
