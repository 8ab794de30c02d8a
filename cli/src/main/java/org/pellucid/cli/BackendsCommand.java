package org.pellucid.cli;

import java.io.PrintWriter;
import java.util.stream.Collectors;
import org.pellucid.api.Availability;
import org.pellucid.api.Device;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.Precision;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists the backends. */
@Command(
    name = "backends",
    description = "Lists the backends, whether each can be used here, its devices and precisions.",
    mixinStandardHelpOptions = true)
final class BackendsCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    for (GradientBackend backend : Installation.of(spec).backends()) {
      out.println(line(backend));
    }
  }

  /** One backend on one line, its id first. */
  static String line(GradientBackend backend) {
    Availability availability = backend.availability();
    if (!availability.available()) {
      return backend.id() + "  not available: " + availability.detail();
    }
    return backend.id()
        + "  available: "
        + availability.detail()
        + "; devices "
        + backend.devices().stream().map(Device::toString).collect(Collectors.joining(", "))
        + "; precisions "
        + backend.precisions().stream()
            .sorted()
            .map(Precision::id)
            .collect(Collectors.joining(", "));
  }
}
