package org.pellucid.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.pellucid.core.Registry;
import org.pellucid.core.ServiceEntry;
import org.pellucid.core.plugin.InstalledPlugin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists the plugins. */
@Command(
    name = "plugins",
    description =
        "Lists the plugins that are installed: id and version, the zip, its SHA-256, and what it"
            + " brings; then what comes without a plugin, and the plugins that are not used and why.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {"  pellucid plugins", "  pellucid plugins --plugins ~/my-plugins"})
final class PluginsCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    Registry registry = Installation.of(spec);
    for (InstalledPlugin plugin : registry.plugins().installed()) {
      out.println(heading(plugin));
      out.println("  from " + plugin.file());
      out.println("  sha256 " + plugin.sha256());
      out.println("  brings " + services(registry, Optional.of(plugin)));
    }
    out.println("without a plugin");
    out.println("  brings " + services(registry, Optional.empty()));
    registry.problems().forEach(problem -> out.println("PROBLEM " + problem));
  }

  /** Id and version first. */
  static String heading(InstalledPlugin plugin) {
    return plugin.id()
        + "  "
        + plugin.version()
        + (plugin.description().isEmpty() ? "" : "  " + plugin.description());
  }

  private static String services(Registry registry, Optional<InstalledPlugin> plugin) {
    List<ServiceEntry> brought =
        registry.services().stream().filter(entry -> entry.plugin().equals(plugin)).toList();
    return brought.isEmpty()
        ? "nothing that works"
        : brought.stream()
            .map(entry -> entry.kind() + " " + entry.id())
            .collect(Collectors.joining(", "));
  }
}
