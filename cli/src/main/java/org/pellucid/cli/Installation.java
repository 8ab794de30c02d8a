package org.pellucid.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.pellucid.core.Registry;
import org.pellucid.core.plugin.PluginSettings;
import org.pellucid.core.plugin.Plugins;
import picocli.CommandLine.Model.CommandSpec;

/**
 * What this installation offers: the class path, the plugins of the distribution, and those that
 * {@code --plugins} names. Each set of plugins is loaded once in a JVM, when it is first asked for.
 */
final class Installation {
  /** Set by the distribution's launcher: its directory, which has {@code plugins}. */
  static final String HOME = "pellucid.home";

  private static final Map<PluginSettings, Registry> REGISTRIES = new ConcurrentHashMap<>();

  private Installation() {}

  /** What the distribution has, whatever the command line says. */
  static Registry standard() {
    return registry(List.of(), Optional.empty());
  }

  /** What the command line asks for. */
  static Registry of(CommandSpec command) {
    return ((Main) command.root().userObject()).registry();
  }

  /**
   * With more plugins.
   *
   * @param directories that come before the distribution's own
   * @param allowed an allow-list for all of them
   */
  static Registry registry(List<Path> directories, Optional<Path> allowed) {
    List<Path> all = new ArrayList<>(directories);
    String home = System.getProperty(HOME);
    if (home != null && Files.isDirectory(Path.of(home, "plugins"))) {
      all.add(Path.of(home, "plugins"));
    }
    if (all.isEmpty()) {
      return Registry.ofClassPath();
    }
    PluginSettings settings = PluginSettings.of(all.stream().map(Path::normalize).toList());
    return REGISTRIES.computeIfAbsent(
        allowed.map(settings::withAllowed).orElse(settings),
        asked -> Registry.with(Plugins.load(asked)));
  }
}
