package org.pellucid.core;

import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Function;
import org.pellucid.core.plugin.InstalledPlugin;
import org.pellucid.core.plugin.Plugins;

/** Asks class loaders for their services, and writes down which do not start. */
final class ServiceSearch {
  private final List<Source> sources = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  /** Where services are looked for; of a plugin, only in what it brings itself. */
  private record Source(ClassLoader loader, Optional<InstalledPlugin> plugin) {
    <S> Iterator<ServiceLoader.Provider<S>> providers(Class<S> type) {
      Iterator<ServiceLoader.Provider<S>> all =
          ServiceLoader.load(type, loader).stream().iterator();
      return plugin.isPresent() ? ContextClassLoader.within(loader, all) : all;
    }

    /** A plugin sees the services of Java and of plugins that it needs, too. */
    boolean brings(ServiceLoader.Provider<?> provider) {
      return plugin.isEmpty() || provider.type().getClassLoader() == loader;
    }

    <S> S make(ServiceLoader.Provider<S> provider, Class<S> type) {
      return plugin.isPresent()
          ? ContextClassLoader.within(
              loader, type, ContextClassLoader.within(loader, provider::get))
          : provider.get();
    }

    String place() {
      return plugin.map(found -> " in the plugin " + found.file()).orElse("");
    }

    String origin(Class<?> provider) {
      CodeSource source = provider.getProtectionDomain().getCodeSource();
      return provider.getName()
          + plugin
              .map(found -> " from the plugin " + found.file())
              .orElse(source == null ? "" : " from " + source.getLocation());
    }
  }

  /**
   * A service that was found.
   *
   * @param service to be called by anybody
   * @param entry what it is and where it comes from
   */
  record Found<S>(S service, ServiceEntry entry) {}

  ServiceSearch(ClassLoader application, Plugins plugins) {
    sources.add(new Source(application, Optional.empty()));
    for (InstalledPlugin plugin : plugins.installed()) {
      sources.add(new Source(plugins.loader(plugin), Optional.of(plugin)));
    }
    plugins.problems().forEach(problems::add);
  }

  /** All services of a type, those of the class path first. */
  <S> List<Found<S>> find(Class<S> type, String kind, Function<S, String> id) {
    List<Found<S>> all = new ArrayList<>();
    for (Source source : sources) {
      for (Found<S> found : find(type, kind, id, source)) {
        all.stream()
            .filter(other -> other.entry().id().equals(found.entry().id()))
            .findFirst()
            .ifPresent(other -> tellDuplicate(type, other.entry(), found.entry()));
        all.add(found);
      }
    }
    return all;
  }

  private void tellDuplicate(Class<?> type, ServiceEntry one, ServiceEntry other) {
    problems.add(
        "Two services of type "
            + type.getSimpleName()
            + " are called \""
            + one.id()
            + "\": "
            + one.origin()
            + ", and "
            + other.origin());
  }

  private <S> List<Found<S>> find(
      Class<S> type, String kind, Function<S, String> id, Source source) {
    List<Found<S>> all = new ArrayList<>();
    Iterator<ServiceLoader.Provider<S>> providers = source.providers(type);
    while (true) {
      try {
        if (!providers.hasNext()) {
          return all;
        }
        ServiceLoader.Provider<S> provider = providers.next();
        if (source.brings(provider)) {
          S service = source.make(provider, type);
          String name = id.apply(service);
          if (name == null || name.isBlank()) {
            throw new IllegalStateException(provider.type().getName() + " has no id");
          }
          all.add(
              new Found<>(
                  service,
                  new ServiceEntry(kind, name, source.plugin(), source.origin(provider.type()))));
        }
      } catch (ServiceConfigurationError | RuntimeException | LinkageError | AssertionError e) {
        problems.add(
            "A service of type "
                + type.getSimpleName()
                + source.place()
                + " does not start: "
                + e.getMessage()
                + (e.getCause() == null ? "" : " (" + e.getCause() + ")"));
      }
    }
  }

  /** One sentence for each plugin and service that does not work, as far as has been looked. */
  List<String> problems() {
    return problems;
  }
}
