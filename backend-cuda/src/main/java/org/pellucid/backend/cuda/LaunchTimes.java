package org.pellucid.backend.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How long kernels take, by name and grid: each launch waits for its kernel, so that a time has
 * launching and waiting in it, which counts where kernels are short. For those who make kernels
 * faster.
 */
final class LaunchTimes {
  /** The system property that names the file which the times are written to. */
  static final String PROPERTY = "pellucid.cuda.times";

  private record Launched(String kernel, Dim3 grid) {}

  private static final class Sum {
    int launches;
    long nanoseconds;
  }

  private final Path file;
  private final Map<Launched, Sum> sums = new LinkedHashMap<>();

  private LaunchTimes(Path file) {
    this.file = file;
  }

  /** Times to be collected; null where nobody asked for them. */
  static LaunchTimes ifAsked() {
    String file = System.getProperty(PROPERTY);
    return file == null ? null : new LaunchTimes(Path.of(file));
  }

  /** Adds a launch that began at a time of {@code System.nanoTime} and has ended now. */
  void add(String kernel, Dim3 grid, long start) {
    Sum sum = sums.computeIfAbsent(new Launched(kernel, grid), key -> new Sum());
    sum.launches++;
    sum.nanoseconds += System.nanoTime() - start;
  }

  /**
   * Writes kernel, blocks per axis, launches, and milliseconds of all of them, tab-separated, the
   * longest first.
   */
  void write() {
    List<Map.Entry<Launched, Sum>> rows = new ArrayList<>(sums.entrySet());
    rows.sort(Comparator.comparingLong(row -> -row.getValue().nanoseconds));
    List<String> lines = new ArrayList<>(List.of("kernel\tgrid\tlaunches\tmilliseconds"));
    rows.forEach(
        row ->
            lines.add(
                String.format(
                    Locale.ROOT,
                    "%s\t%dx%dx%d\t%d\t%.4f",
                    row.getKey().kernel(),
                    row.getKey().grid().x(),
                    row.getKey().grid().y(),
                    row.getKey().grid().z(),
                    row.getValue().launches,
                    row.getValue().nanoseconds / 1e6)));
    try {
      Files.write(file, lines);
    } catch (IOException e) {
      throw new UncheckedIOException("The times of kernels cannot be written to " + file, e);
    }
  }
}
