package org.pellucid.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * How busy all other processes keep the processors while something is measured: of the time of all
 * processors, what is neither idle nor this process's own. Linux alone tells.
 */
final class OthersLoad {
  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private static final Path STATISTICS = Path.of("/proc/stat");
  private static final int IDLE = 4;
  private static final int WAITING = 5;
  private static final int STOLEN = 8;

  private double[] ticks;
  private long own;
  private long start;

  /** Begins to watch. */
  void begin() {
    ticks = ticks();
    own = PROCESS.getProcessCpuTime();
    start = System.nanoTime();
  }

  /** Per cent since the beginning, with a digit; a question mark where it cannot be told. */
  String percent() {
    double[] now = ticks();
    if (ticks == null || now == null || now[1] <= ticks[1]) {
      return "?";
    }
    double capacity =
        (System.nanoTime() - start) * (double) Runtime.getRuntime().availableProcessors();
    double busy = (now[0] - ticks[0]) / (now[1] - ticks[1]);
    double mine = (PROCESS.getProcessCpuTime() - own) / capacity;
    return String.format(Locale.ROOT, "%.1f", 100 * Math.max(0, busy - mine));
  }

  /** Ticks in which processors were busy, and all. */
  private static double[] ticks() {
    try {
      return of(Files.readAllLines(STATISTICS).get(0));
    } catch (IOException e) {
      return null;
    }
  }

  /** Of the first line of the statistics, for all processors together. */
  static double[] of(String line) {
    String[] fields = line.trim().split(" +");
    double busy = 0;
    double all = 0;
    for (int i = 1; i <= Math.min(STOLEN, fields.length - 1); i++) {
      double ticks = Double.parseDouble(fields[i]);
      all += ticks;
      busy += i == IDLE || i == WAITING ? 0 : ticks;
    }
    return new double[] {busy, all};
  }
}
