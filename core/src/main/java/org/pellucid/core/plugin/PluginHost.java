package org.pellucid.core.plugin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.pellucid.api.SpiVersion;
import org.pellucid.core.plugin.PluginZips.Zip;
import org.pf4j.AbstractPluginManager;
import org.pf4j.ClassLoadingStrategy;
import org.pf4j.DefaultVersionManager;
import org.pf4j.ExtensionFactory;
import org.pf4j.ExtensionFinder;
import org.pf4j.Plugin;
import org.pf4j.PluginClassLoader;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginDescriptorFinder;
import org.pf4j.PluginFactory;
import org.pf4j.PluginLoader;
import org.pf4j.PluginRepository;
import org.pf4j.PluginState;
import org.pf4j.PluginStatusProvider;
import org.pf4j.PluginWrapper;
import org.pf4j.PropertiesPluginDescriptorFinder;
import org.pf4j.VersionManager;

/**
 * pf4j, set up so that a plugin is a directory with {@code plugin.properties} and jars in {@code
 * lib}, brings services and nothing else, and stops no other plugin. Its own search for extensions
 * is not used.
 */
final class PluginHost extends AbstractPluginManager {
  private final PluginZips zips;
  private final SharedClasses shared = new SharedClasses();
  private final List<RefusedPlugin> refused = new ArrayList<>();

  PluginHost(PluginZips zips) {
    super(List.of());
    this.zips = zips;
    super.initialize();
  }

  /** Called by the super class's constructor, when the fields of this one are not there yet. */
  @Override
  protected void initialize() {}

  /** There is no directory but those that were named. */
  @Override
  protected List<Path> createPluginsRoot() {
    return List.of();
  }

  /** Loads, resolves and starts what can be. */
  void run() {
    setResolveRecoveryStrategy(ResolveRecoveryStrategy.IGNORE_PLUGIN_AND_CONTINUE);
    List<Path> found = zips.getPluginPaths();
    for (Path directory : found) {
      guarded(directory, () -> loadPluginFromPath(directory));
    }
    List<PluginWrapper> loaded = inOrder(getPlugins());
    try {
      resolvePlugins();
    } catch (RuntimeException e) {
      loaded.removeAll(refuseDependents(loaded, e));
      resolvePlugins();
    }
    for (PluginWrapper plugin : loaded) {
      guarded(plugin.getPluginPath(), () -> start(plugin));
    }
  }

  /** Where plugins need each other in a circle, which is all that is told, no such can be used. */
  private List<PluginWrapper> refuseDependents(List<PluginWrapper> plugins, RuntimeException why) {
    List<PluginWrapper> dependents =
        plugins.stream().filter(p -> !p.getDescriptor().getDependencies().isEmpty()).toList();
    for (PluginWrapper plugin : dependents) {
      refuse(plugin.getPluginPath(), "plugins need each other in a circle (" + why + ")");
      unloadPlugin(plugin.getPluginId(), false, false);
    }
    return dependents;
  }

  /** As their zips were found. */
  private List<PluginWrapper> inOrder(List<PluginWrapper> plugins) {
    List<Path> found = zips.found();
    List<PluginWrapper> ordered = new ArrayList<>(plugins);
    ordered.sort(Comparator.comparing(plugin -> found.indexOf(plugin.getPluginPath())));
    return ordered;
  }

  private void start(PluginWrapper plugin) {
    if (!getResolvedPlugins().contains(plugin)) {
      throw new PluginRefusal(
          "it needs other plugins that are not there as asked for: "
              + plugin.getDescriptor().getDependencies());
    }
    if (startPlugin(plugin.getPluginId()) != PluginState.STARTED) {
      throw new PluginRefusal("it does not start (" + plugin.getFailedException() + ")");
    }
  }

  private void guarded(Path directory, Runnable step) {
    try {
      step.run();
    } catch (PluginRefusal e) {
      refuse(directory, e.getMessage());
    } catch (RuntimeException | LinkageError e) {
      refuse(directory, "it does not start (" + e + ")");
    }
  }

  private void refuse(Path directory, String reason) {
    refused.add(new RefusedPlugin(zips.zip(directory).file(), reason));
  }

  /** What does not run, and why. */
  List<RefusedPlugin> refused() {
    return Stream.concat(zips.refused().stream(), refused.stream()).toList();
  }

  /** What runs, and in which class loader. */
  Map<InstalledPlugin, ClassLoader> loaders() {
    Map<InstalledPlugin, ClassLoader> loaders = new LinkedHashMap<>();
    for (PluginWrapper plugin : inOrder(getStartedPlugins())) {
      loaders.put(describe(plugin), plugin.getPluginClassLoader());
    }
    return loaders;
  }

  private InstalledPlugin describe(PluginWrapper plugin) {
    Zip zip = zips.zip(plugin.getPluginPath());
    PluginDescriptor descriptor = plugin.getDescriptor();
    return new InstalledPlugin(
        descriptor.getPluginId(),
        descriptor.getVersion(),
        descriptor.getPluginDescription(),
        zip.file(),
        zip.sha256());
  }

  @Override
  protected void validatePluginDescriptor(PluginDescriptor descriptor) {
    String id = descriptor.getPluginId();
    if (id == null || !id.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
      throw new PluginRefusal("its plugin.properties has no plugin.id, or one of odd characters");
    }
    PluginWrapper other = getPlugin(id);
    if (other != null) {
      throw new PluginRefusal(
          "its id \"" + id + "\" is also that of " + zips.zip(other.getPluginPath()).file());
    }
    if (descriptor.getVersion() == null) {
      throw new PluginRefusal("its plugin.properties has no plugin.version");
    }
    requireSpi(descriptor.getRequires());
  }

  private void requireSpi(String requires) {
    // What pf4j has where nothing is said.
    if (requires.isBlank() || requires.equals("*")) {
      throw new PluginRefusal(
          "its plugin.properties does not say which version of the contracts it was made for; add"
              + " plugin.requires=^"
              + SpiVersion.CURRENT);
    }
    if (requires.equals("^" + SpiVersion.CURRENT)) {
      return; // As nearly all have it; what reads ranges takes its time to load.
    }
    boolean fits;
    try {
      fits = getVersionManager().checkVersionConstraint(SpiVersion.CURRENT, requires);
    } catch (RuntimeException e) {
      throw new PluginRefusal(
          "its plugin.requires is \"" + requires + "\", which is no range of versions", e);
    }
    if (!fits) {
      throw new PluginRefusal(
          "it was made for version "
              + requires
              + " of the contracts (SPI), and this is version "
              + SpiVersion.CURRENT
              + "; take a version of the plugin that fits");
    }
  }

  @Override
  protected PluginRepository createPluginRepository() {
    return zips;
  }

  @Override
  protected PluginDescriptorFinder createPluginDescriptorFinder() {
    return new PropertiesPluginDescriptorFinder() {
      @Override
      public PluginDescriptor find(Path directory) {
        if (!Files.isRegularFile(directory.resolve(DEFAULT_PROPERTIES_FILE_NAME))) {
          throw new PluginRefusal(
              "the zip has no " + DEFAULT_PROPERTIES_FILE_NAME + " at its top, and is no plugin");
        }
        return super.find(directory);
      }
    };
  }

  @Override
  protected PluginLoader createPluginLoader() {
    return new PluginLoader() {
      @Override
      public boolean isApplicable(Path directory) {
        return true;
      }

      @Override
      public ClassLoader loadPlugin(Path directory, PluginDescriptor descriptor) {
        return classLoader(directory, descriptor);
      }
    };
  }

  private ClassLoader classLoader(Path directory, PluginDescriptor descriptor) {
    PluginClassLoader loader =
        new PluginClassLoader(this, descriptor, shared, ClassLoadingStrategy.APD);
    try (Stream<Path> jars = Files.list(directory.resolve("lib"))) {
      jars.filter(jar -> jar.toString().endsWith(".jar"))
          .sorted()
          .forEach(jar -> loader.addFile(jar.toFile()));
    } catch (IOException e) {
      throw new PluginRefusal("the zip has no directory lib with jars", e);
    }
    return loader;
  }

  /** A plugin brings services, and nothing of it is to be run at the start. */
  @Override
  protected PluginFactory createPluginFactory() {
    return plugin -> new Plugin() {};
  }

  /** Nothing is ever disabled; and no file is read for that, nor written. */
  @Override
  protected PluginStatusProvider createPluginStatusProvider() {
    return new PluginStatusProvider() {
      @Override
      public boolean isPluginDisabled(String pluginId) {
        return false;
      }

      @Override
      public void disablePlugin(String pluginId) {
        throw new IllegalStateException("Plugins are taken out by removing their zips");
      }

      @Override
      public void enablePlugin(String pluginId) {}
    };
  }

  @Override
  protected VersionManager createVersionManager() {
    return new DefaultVersionManager();
  }

  /** Services are looked for by the registry: none of pf4j's own extensions are ever made. */
  @Override
  protected ExtensionFactory createExtensionFactory() {
    return null;
  }

  /** Nor are they looked for. */
  @Override
  protected ExtensionFinder createExtensionFinder() {
    return null;
  }
}
