package org.pellucid.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.pellucid.core.Pellucid;
import org.pellucid.core.Registry;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.ModelImporter;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * Measures reading a large ONNX file (VGG-16, 553 MB, or larger) that the system has in its file
 * cache: the elapsed time, the processor's time (all threads, the JVM's start included), the
 * highest use of the heap, and the highest resident memory of the process (on Linux). Each
 * measurement runs in a JVM of its own, from a cold start, with a heap of the size that this JVM
 * has.
 *
 * <p>Arguments: {@code repeats=3 json=FILE}, and {@code extra=25} for a second model that has so
 * many more dense layers, of 67 MB each, outside of the file.
 */
public final class Importing {
  private Importing() {}

  /** Runs the measurements; prints a Markdown table. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length == 2
        && Stream.of(Task.values()).anyMatch(t -> t.name().equals(arguments[0]))) {
      System.out.println(measure(Task.valueOf(arguments[0]), Path.of(arguments[1])));
      return;
    }
    Arguments given = Arguments.of(arguments);
    Path directory = Files.createTempDirectory("pellucid-bench");
    List<String> json = new ArrayList<>();
    try {
      Path inline = directory.resolve("inline.onnx");
      Path external = directory.resolve("external.onnx");
      Path data = directory.resolve("external.data");
      LargeFile.write(inline);
      LargeFile.write(external, data, 0);
      System.out.println(
          "| Weights | Work | File, MB | Seconds | Processor's seconds | Heap, MB"
              + " | Resident, MB | Resident / file |");
      System.out.println("|---|---|---|---|---|---|---|---|");
      for (Task task : Task.values()) {
        report("inside the file", task, inline, Files.size(inline), given, json);
        report("in a file of their own", task, external, Files.size(data), given, json);
      }
      int extra = given.number("extra", 0);
      if (extra > 0) {
        Files.delete(inline);
        LargeFile.write(external, data, extra);
        for (Task task : Task.values()) {
          report("in a file of their own", task, external, Files.size(data), given, json);
        }
      }
    } finally {
      try (Stream<Path> files = Files.walk(directory)) {
        files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    }
    Files.writeString(
        Path.of(given.text("json", "import.json")), "[\n" + String.join(",\n", json) + "\n]\n");
  }

  /** What is measured. */
  enum Task {
    /** The importer alone. */
    READ("read") {
      @Override
      Object run(Path file) {
        ModelImporter importer =
            Registry.ofClassPath().importers().stream()
                .filter(candidate -> candidate.accepts(file))
                .findFirst()
                .orElseThrow();
        ModelGraph graph = importer.read(file, ImportOptions.DEFAULT);
        if (graph.constantBytes() < 500_000_000) {
          throw new IllegalStateException("Not all weights were read");
        }
        return graph;
      }
    },
    /** The facade: reading, passes, the choice of a backend. */
    LOAD("load, ready to be asked") {
      @Override
      Object run(Path file) {
        return Pellucid.load(file);
      }
    },
    /** The facade's first answer, for which the weights are copied into the engine. */
    PREDICT("load and first prediction") {
      @Override
      Object run(Path file) {
        Shape shape = Shape.of(1, 3, 224, 224);
        float[] pixels = new float[Math.toIntExact(shape.size())];
        return Pellucid.load(file).predict(Map.of("input", Tensor.of(shape, pixels)));
      }
    };

    private final String label;

    Task(String label) {
      this.label = label;
    }

    abstract Object run(Path file);
  }

  private static void report(
      String where, Task task, Path file, long size, Arguments given, List<String> json)
      throws IOException, InterruptedException {
    List<double[]> runs = new ArrayList<>();
    for (int i = 0; i < given.number("repeats", 3); i++) {
      runs.add(inOwnJvm(task, file));
    }
    double seconds = median(runs, 0);
    double processor = median(runs, 1);
    double heap = median(runs, 2);
    double resident = median(runs, 3);
    System.out.printf(
        Locale.ROOT,
        "| %s | %s | %.0f | %.2f | %.2f | %.0f | %.0f | %.2f |%n",
        where,
        task.label,
        size / 1e6,
        seconds,
        processor,
        heap / 1e6,
        resident / 1e6,
        resident / size);
    json.add(
        String.format(
            Locale.ROOT,
            "{\"weights\": \"%s\", \"work\": \"%s\", \"bytes\": %d, \"seconds\": %.3f,"
                + " \"processorSeconds\": %.3f, \"heapBytes\": %.0f, \"residentBytes\": %.0f}",
            where,
            task,
            size,
            seconds,
            processor,
            heap,
            resident));
  }

  private static double median(List<double[]> runs, int column) {
    double[] sorted = runs.stream().mapToDouble(run -> run[column]).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  private static double[] inOwnJvm(Task task, Path file) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + Runtime.getRuntime().maxMemory(),
                "-XX:MaxDirectMemorySize=1t",
                "-cp",
                System.getProperty("java.class.path"),
                Importing.class.getName(),
                task.name(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new IllegalStateException("Reading " + file + " failed: " + output);
    }
    return Stream.of(output.split(" ")).mapToDouble(Double::parseDouble).toArray();
  }

  /**
   * Seconds, seconds of the processor, highest heap, highest resident memory (NaN where the system
   * does not tell).
   */
  private static String measure(Task task, Path file) throws IOException {
    long start = System.nanoTime();
    Object model = task.run(file);
    double seconds = (System.nanoTime() - start) / 1e9;
    double processor =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime() / 1e9;
    long heap =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getPeakUsage)
            .mapToLong(usage -> usage.getUsed())
            .sum();
    double resident = Double.NaN;
    Path status = Path.of("/proc/self/status");
    if (Files.exists(status)) {
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith("VmHWM:")) {
          resident = 1024 * Double.parseDouble(line.replaceAll("\\D", ""));
        }
      }
    }
    return model == null ? "" : seconds + " " + processor + " " + heap + " " + resident;
  }
}
