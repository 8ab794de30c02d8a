package org.pellucid.core.plugin;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.pellucid.api.InvalidRequestException;

/**
 * The plugins of some directories, loaded and started, each in a class loader of its own. They stay
 * until the JVM ends. Load them once per process and share the {@link
 * org.pellucid.core.Registry#with registry}: natives may be loaded by one class loader only.
 * Immutable.
 */
public final class Plugins {
  /** No plugins. */
  public static final Plugins NONE = new Plugins(Map.of(), List.of());

  private final Map<InstalledPlugin, ClassLoader> loaders;
  private final List<RefusedPlugin> refused;

  private Plugins(Map<InstalledPlugin, ClassLoader> loaders, List<RefusedPlugin> refused) {
    this.loaders = loaders;
    this.refused = refused;
  }

  /**
   * Loads plugins. One that is broken, or not allowed, is {@link #refused} and stops no other.
   *
   * @throws InvalidRequestException if one of the directories does not exist
   */
  public static Plugins load(PluginSettings settings) {
    for (Path directory : settings.directories()) {
      if (!Files.isDirectory(directory)) {
        throw new InvalidRequestException("There is no plugin directory at " + directory);
      }
    }
    Path unpacked = settings.cache().resolve("plugins");
    PluginZips zips = new PluginZips(settings, new UnpackedPlugins(unpacked, ZipUnpacker.STANDARD));
    PluginHost host = new PluginHost(zips);
    host.run();
    return new Plugins(host.loaders(), host.refused());
  }

  /** The plugins that run. */
  public List<InstalledPlugin> installed() {
    return List.copyOf(loaders.keySet());
  }

  /** The plugins that do not run, and why. */
  public List<RefusedPlugin> refused() {
    return refused;
  }

  /**
   * Where a plugin's services are found.
   *
   * @param plugin of {@link #installed}
   */
  public ClassLoader loader(InstalledPlugin plugin) {
    ClassLoader loader = loaders.get(plugin);
    if (loader == null) {
      throw new IllegalArgumentException(plugin + " is not among " + installed());
    }
    return loader;
  }

  /** One sentence for each plugin that does not run. */
  public Stream<String> problems() {
    return refused.stream().map(RefusedPlugin::sentence);
  }
}
