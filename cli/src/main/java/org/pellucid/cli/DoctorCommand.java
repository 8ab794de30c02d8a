package org.pellucid.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.pellucid.api.LoadOptions;
import org.pellucid.core.Registry;
import org.pellucid.core.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Tells what this installation has and what is wrong with it. */
@Command(
    name = "doctor",
    description = "Tells what this installation has, and what is wrong with it.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExit code 0 when something can be explained here, 4 when nothing can.%n")
final class DoctorCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Registry registry = Installation.of(spec);
    Runtime runtime = Runtime.getRuntime();
    out.println("pellucid " + Version.current());
    out.println(
        "java "
            + Runtime.version()
            + " of "
            + System.getProperty("java.vendor")
            + ", at "
            + System.getProperty("java.home"));
    out.println(
        "system "
            + System.getProperty("os.name")
            + " "
            + System.getProperty("os.arch")
            + ", "
            + runtime.availableProcessors()
            + " processors, heap of at most "
            + runtime.maxMemory() / (1 << 20)
            + " MiB");
    registry
        .plugins()
        .installed()
        .forEach(
            plugin ->
                out.println(
                    "plugin " + plugin.id() + "  " + plugin.version() + ", from " + plugin.file()));
    registry.importers().forEach(importer -> out.println("importer " + importer.id()));
    registry.explainers().forEach(method -> out.println("method " + method.id()));
    registry.backends().forEach(backend -> out.println("backend " + BackendsCommand.line(backend)));
    registry.problems().forEach(problem -> out.println("PROBLEM " + problem));
    boolean usable =
        !registry.importers().isEmpty()
            && !registry.explainers().isEmpty()
            && registry.backends().stream()
                .filter(backend -> backend.availability().available())
                .anyMatch(
                    backend -> backend.precisions().contains(LoadOptions.DEFAULT.precision()));
    out.println(usable ? "ready" : "PROBLEM nothing can be explained here");
    return usable ? 0 : Failures.UNAVAILABLE;
  }
}
