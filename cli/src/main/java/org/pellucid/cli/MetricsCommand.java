package org.pellucid.cli;

import static java.util.stream.Collectors.joining;

import java.io.PrintWriter;
import org.pellucid.api.Metric;
import org.pellucid.api.Option;
import org.pellucid.core.Registry;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists the metrics, or shows the options of one. */
@Command(
    name = "metrics",
    description = "Lists the metrics of explanations, or shows one with its options.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {"  pellucid metrics", "  pellucid metrics insertion"})
final class MetricsCommand implements Runnable {
  @Parameters(arity = "0..1", paramLabel = "ID", description = "A metric to show in detail.")
  private String id;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    Registry registry = Installation.of(spec);
    if (id == null) {
      registry.metrics().forEach(metric -> out.println(line(metric)));
      return;
    }
    Metric metric = registry.metric(id);
    out.println(line(metric));
    out.println("  " + Option.text(metric.direction()).replace('-', ' '));
    if (!metric.needs().isEmpty()) {
      out.println(
          "  needs " + metric.needs().stream().sorted().map(Option::text).collect(joining(", ")));
    }
    MethodsCommand.options(out, ":", metric.options());
  }

  private static String line(Metric metric) {
    return metric.id() + "  " + metric.description();
  }
}
