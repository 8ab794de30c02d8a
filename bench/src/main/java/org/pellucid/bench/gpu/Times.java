package org.pellucid.bench.gpu;

import com.google.common.math.Quantiles;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.Target;
import org.pellucid.bench.Networks;
import org.pellucid.bench.Subject;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.PellucidException;

/**
 * Times of forward passes, Grad-CAM and Smooth Grad-CAM++ with 25 samples, for one image and for 25
 * at once, in milliseconds: medians of calls whose results have come back to Java. {@code
 * pytorch.py} does the same work. Of Smooth Grad-CAM++ also with its map and error made in Java, so
 * that it shows what an engine gains that makes them itself.
 */
final class Times {
  /** Images at once, and samples. */
  static final int MANY = 25;

  private static final double SECONDS_OF_WARMING_UP = 0.5;
  private static final double SECONDS_PER_WORK = 1;
  private static final int FEWEST = 3;
  private static final int MOST = 40;
  private static final Map<String, String> SAMPLES = Map.of("samples", Integer.toString(MANY));

  private Times() {}

  /** A piece of work, with the row it is told in. */
  private record Work(String what, int batch, Function<Subject, Object> task) {}

  private static List<Work> works() {
    return List.of(
        new Work("forward pass, ms", 1, subject -> subject.forward(1)),
        new Work("forward pass, ms", MANY, subject -> subject.forward(MANY)),
        new Work("Grad-CAM, ms", 1, subject -> explain(subject, "grad-cam", Map.of(), 1)),
        new Work("activations and gradients, ms", MANY, subject -> subject.gradients(MANY)),
        new Work("Smooth Grad-CAM++, n = 25, ms", 1, subject -> smooth(subject, 1)),
        new Work("Smooth Grad-CAM++, n = 25, ms", MANY, subject -> smooth(subject, MANY)),
        new Work(
            "Smooth Grad-CAM++, n = 25, its map made in Java, ms",
            MANY,
            subject ->
                subject.explainInJava("smooth-grad-cam++", SAMPLES, Target.ofClass(0), MANY)));
  }

  private static Object smooth(Subject subject, int chunk) {
    return explain(subject, "smooth-grad-cam++", SAMPLES, chunk);
  }

  private static Object explain(
      Subject subject, String method, Map<String, String> options, int chunk) {
    return subject.explain(method, options, Target.ofClass(0), chunk);
  }

  /** Measures; a work that fails is told, and the others are still done. */
  static void measure(
      GradientBackend backend, LoadOptions options, List<Networks> networks, Report report) {
    String column = backend.id() + " " + options.precision().id();
    for (Networks network : networks) {
      try {
        measure(backend, options, network, column, report);
      } catch (PellucidException e) {
        report.failure(column + " does not load " + network + ": " + e.getMessage());
      }
    }
  }

  private static void measure(
      GradientBackend backend,
      LoadOptions options,
      Networks network,
      String column,
      Report report) {
    ModelGraph graph = network.build();
    long start = System.nanoTime();
    try (Subject subject = new Subject(backend, network, graph, options, 0)) {
      subject.forward(1);
      report.cell(
          new Report.Row(network.name(), "loading and the first pass, ms", "1"),
          column,
          milliseconds((System.nanoTime() - start) / 1e6));
      for (Work work : works()) {
        try {
          double time = median(subject, work);
          report.cell(
              new Report.Row(network.name(), work.what(), Integer.toString(work.batch())),
              column,
              milliseconds(time));
        } catch (PellucidException e) {
          report.failure(column + ", " + network + ", " + work.what() + ": " + e.getMessage());
        }
      }
    }
  }

  private static double median(Subject subject, Work work) {
    // What Java and the card do at first is not what they do then.
    long warm = System.nanoTime() + (long) (1e9 * SECONDS_OF_WARMING_UP);
    do {
      run(subject, work);
    } while (System.nanoTime() < warm);
    double[] times = new double[MOST];
    long end = System.nanoTime() + (long) (1e9 * SECONDS_PER_WORK);
    int count = 0;
    while (count < FEWEST || (count < MOST && System.nanoTime() < end)) {
      long start = System.nanoTime();
      run(subject, work);
      times[count++] = (System.nanoTime() - start) / 1e6;
    }
    return Quantiles.median().compute(Arrays.copyOf(times, count));
  }

  private static void run(Subject subject, Work work) {
    if (work.task().apply(subject) == null) {
      throw new IllegalStateException("Nothing came of " + work.what());
    }
  }

  private static String milliseconds(double time) {
    return String.format(Locale.ROOT, time < 100 ? "%.2f" : "%.0f", time);
  }
}
