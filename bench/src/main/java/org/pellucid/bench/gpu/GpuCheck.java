package org.pellucid.bench.gpu;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.pellucid.api.Availability;
import org.pellucid.api.GradientBackend;
import org.pellucid.graph.PellucidException;

/**
 * The command {@code backend-cuda/gpu-check}: checks and times a backend on the graphics card of
 * this machine, each part in a process of its own and in its own time, and prints one table.
 */
public final class GpuCheck {
  private static final int WELL = 0;
  private static final int FAILED = 1;
  private static final int USAGE = 2;
  private static final int NO_CARD = 3;

  private final CheckOptions options;
  private final PrintStream out;
  private final PrintStream progress;
  private final Table table = new Table();

  private GpuCheck(CheckOptions options, PrintStream out, PrintStream progress) {
    this.options = options;
    this.out = out;
    this.progress = progress;
  }

  /** Runs the check, or with {@code part NAME} one part of it; its exit code is in the usage. */
  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments), System.out, System.err));
  }

  private static int run(List<String> arguments, PrintStream out, PrintStream progress) {
    boolean isPart = arguments.size() > 1 && arguments.get(0).equals("part");
    if (arguments.contains("--help")) {
      out.println(CheckOptions.USAGE);
      return WELL;
    }
    CheckOptions options;
    Part part;
    try {
      part = isPart ? Part.of(arguments.get(1)) : null;
      options = CheckOptions.of(isPart ? arguments.subList(2, arguments.size()) : arguments);
    } catch (IllegalArgumentException e) {
      progress.println("gpu-check: " + e.getMessage());
      progress.println(CheckOptions.USAGE);
      return USAGE;
    }
    return isPart ? runPart(part, options, out) : new GpuCheck(options, out, progress).run();
  }

  private static int runPart(Part part, CheckOptions options, PrintStream out) {
    Report report = new Lines(out);
    try {
      part.run(options, report);
      return WELL;
    } catch (RuntimeException | Error e) {
      report.failure(part.text() + ": " + e);
      return FAILED;
    }
  }

  /** Why no card can be used; empty where one can. */
  private Optional<String> obstacle() {
    try {
      GradientBackend backend = Part.backend(options);
      Availability availability = backend.availability();
      if (!availability.available()) {
        return Optional.of(availability.detail());
      }
      if (backend.device(options.device()).isEmpty()) {
        return Optional.of(
            "The "
                + options.backend()
                + " backend has no device "
                + options.device()
                + ", only "
                + backend.devices());
      }
      out.println(LocalDate.now() + ", " + options.backend() + ": " + availability.detail());
      return Optional.empty();
    } catch (PellucidException e) {
      return Optional.of(e.getMessage());
    }
  }

  private int run() {
    Optional<String> obstacle = obstacle();
    if (obstacle.isPresent()) {
      progress.println("gpu-check: nothing was checked. " + obstacle.get());
      return NO_CARD;
    }
    for (Part part : options.parts()) {
      run(part);
    }
    out.println();
    out.print(table.text(options.backend()));
    return table.failed() ? FAILED : WELL;
  }

  private void run(Part part) {
    double seconds = part.seconds(options);
    progress.printf("gpu-check: %s, at most %.0f s%n", part.text(), seconds);
    long start = System.nanoTime();
    try {
      OptionalInt code =
          new Program(command(part))
              .run(
                  seconds,
                  line -> {
                    if (!Lines.read(line, table)) {
                      progress.println(line);
                    }
                  });
      if (code.isEmpty()) {
        table.failure(
            String.format(
                "%s was ended after its %.0f s; --seconds gives more", part.text(), seconds));
      } else if (code.getAsInt() != 0) {
        table.failure(part.text() + " ended with code " + code.getAsInt());
      }
    } catch (IOException e) {
      table.failure(part.text() + " did not start: " + e.getMessage());
    }
    progress.printf("gpu-check: %s took %.1f s%n", part.text(), (System.nanoTime() - start) / 1e9);
  }

  /** This program for one part, in another JVM with the same class path and settings. */
  private List<String> command(Part part) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    System.getProperties().stringPropertyNames().stream()
        .filter(name -> name.startsWith("pellucid."))
        .sorted()
        .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
    command.addAll(List.of(GpuCheck.class.getName(), "part", part.text()));
    command.addAll(options.forPart());
    return command;
  }
}
