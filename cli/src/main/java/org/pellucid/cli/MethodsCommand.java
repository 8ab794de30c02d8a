package org.pellucid.cli;

import static java.util.stream.Collectors.joining;

import java.io.PrintWriter;
import org.pellucid.api.Explainer;
import org.pellucid.api.Option;
import org.pellucid.core.Registry;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists the methods, or shows the options of one. */
@Command(
    name = "methods",
    description = "Lists the methods of explanation, or shows one with its options.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {"  pellucid methods", "  pellucid methods smooth-grad-cam++"})
final class MethodsCommand implements Runnable {
  @Parameters(arity = "0..1", paramLabel = "ID", description = "A method to show in detail.")
  private String id;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    Registry registry = Installation.of(spec);
    if (id == null) {
      registry
          .explainers()
          .forEach(method -> out.println(method.id() + "  " + method.description()));
      return;
    }
    Explainer method = registry.explainer(id);
    out.println(method.id() + "  " + method.description());
    if (!method.aliases().isEmpty()) {
      out.println("  also called " + String.join(", ", method.aliases()));
    }
    out.println(
        "  needs " + method.needs().stream().sorted().map(Option::text).collect(joining(", ")));
    for (Option<?> option : method.options()) {
      out.println(
          "  --option "
              + option.name()
              + "="
              + Option.text(option.defaultValue())
              + "   ("
              + option.kind()
              + ", "
              + option.range()
              + ") "
              + option.meaning()
              + (option.source().isEmpty() ? "" : " [" + option.source() + "]"));
    }
  }
}
