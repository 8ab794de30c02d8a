package org.pellucid.bench.gpu;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.Precision;
import org.pellucid.api.Saliency;
import org.pellucid.api.Target;
import org.pellucid.bench.Networks;
import org.pellucid.bench.Subject;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.PellucidException;

/**
 * Compares what a backend answers with what those on the CPU did: {@link StoredResults}. And what
 * it makes of averages over noisy copies itself with what Java makes of the same averages.
 */
final class Comparison {
  /** What a map and its error may differ by from Java's, of the same float64 sums. */
  private static final double OF_MAPS = 1e-12;

  private static final Map<String, String> SAMPLES = Map.of("samples", "25");

  private Comparison() {}

  /** Compares in each precision that the backend has. */
  static void compare(
      GradientBackend backend, LoadOptions options, List<Networks> networks, Report report) {
    for (StoredResults.Stored stored : StoredResults.read().networks()) {
      if (networks.contains(stored.network())) {
        ModelGraph graph = stored.network().build();
        backend.precisions().stream()
            .sorted()
            .forEach(precision -> compare(backend, options.with(precision), stored, graph, report));
        stored
            .errors()
            .forEach(
                (who, errors) ->
                    errors.forEach(
                        (question, error) ->
                            report.cell(row(stored, question), "stored: " + who, text(error))));
      }
    }
  }

  private static Report.Row row(StoredResults.Stored stored, String question) {
    return new Report.Row(
        stored.network().name(), question + ", largest difference to " + stored.by(), "");
  }

  private static void compare(
      GradientBackend backend,
      LoadOptions options,
      StoredResults.Stored stored,
      ModelGraph graph,
      Report report) {
    String who = backend.id() + " " + options.precision().id();
    try {
      Answers.ask(
          backend,
          options,
          stored.network(),
          graph,
          stored.target(),
          (question, found) -> {
            double error = Answers.error(found, stored.answers().get(question));
            report.cell(row(stored, question), who, text(error));
            if (!(error <= allowed(question, options.precision()))) {
              report.failure(
                  who
                      + " is off by "
                      + text(error)
                      + " of the largest number in "
                      + question
                      + " of "
                      + stored.network()
                      + "; allowed are "
                      + text(allowed(question, options.precision())));
            }
          });
      compareMaps(backend, options, stored, graph, report);
    } catch (PellucidException e) {
      report.failure(who + " does not answer about " + stored.network() + ": " + e.getMessage());
    }
  }

  /** Compares a map, and its error, that the backend makes with those that Java makes. */
  private static void compareMaps(
      GradientBackend backend,
      LoadOptions options,
      StoredResults.Stored stored,
      ModelGraph graph,
      Report report) {
    String who = backend.id() + " " + options.precision().id();
    try (Subject subject = new Subject(backend, stored.network(), graph, options, 0)) {
      List<Saliency> both =
          subject.explainBothWays("smooth-grad-cam++", SAMPLES, Target.ofClass(stored.target()));
      tell(report, stored, "map", who, both, saliency -> saliency.map().toDoubleArray());
      tell(
          report,
          stored,
          "map's error",
          who,
          both,
          saliency -> saliency.standardError().orElseThrow().toDoubleArray());
    }
  }

  private static void tell(
      Report report,
      StoredResults.Stored stored,
      String what,
      String who,
      List<Saliency> both,
      Function<Saliency, double[]> numbers) {
    double error = Answers.error(numbers.apply(both.get(0)), numbers.apply(both.get(1)));
    report.cell(
        new Report.Row(
            stored.network().name(),
            "Smooth Grad-CAM++, n = 25, " + what + ", largest difference to Java's of equal sums",
            ""),
        who,
        text(error));
    if (!(error <= OF_MAPS)) {
      report.failure(
          who
              + " makes of its sums a Smooth Grad-CAM++ "
              + what
              + " of "
              + stored.network()
              + " that is off by "
              + text(error)
              + " of the largest number that Java makes of them; allowed are "
              + text(OF_MAPS));
    }
  }

  /**
   * What rounding may do. In float32 what is promised of maps; in float64 what is kept of the
   * stored numbers, and a margin. Tensor cores keep 11 or 8 bits of each factor, and what that does
   * to a map of a deep network has no bound; more than these would be a mistake.
   *
   * <p>The gradient at the input has passed every ReLU and every pool, of which some fall on the
   * other side where numbers are rounded: backends on the CPU in float32 differ by up to 0.033
   * there.
   */
  private static double allowed(String question, Precision precision) {
    boolean kinks = question.equals(Answers.INPUT_GRADIENT);
    return switch (precision) {
      case FLOAT64 -> 1e-7;
      case FLOAT32 -> kinks ? 0.1 : 1e-4;
      case TF32 -> kinks ? 1 : 0.05;
      case BF16 -> kinks ? 2 : 0.3;
    };
  }

  private static String text(double error) {
    return String.format(Locale.ROOT, "%.1e", error);
  }
}
