package org.pellucid.core;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pellucid.api.Explainer;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Metric;
import org.pellucid.core.ServiceSearch.Found;
import org.pellucid.core.plugin.PluginSettings;
import org.pellucid.core.plugin.Plugins;
import org.pellucid.graph.ModelImporter;

/**
 * The backends, explainers, metrics and importers that are there: on the class path, and in
 * plugins. Found as services; a broken one is listed among the {@link #problems} and does not stop
 * the others. Of two with the same id neither is chosen: asking for it names where both come from.
 * Immutable.
 *
 * <pre>{@code
 * Registry registry = Registry.withPlugins(Path.of("/opt/pellucid/plugins"));
 * try (Pellucid pellucid = Pellucid.loader().registry(registry).load(model)) { ... }
 * }</pre>
 */
public final class Registry {
  private final Plugins plugins;
  private final ImmutableList<Found<GradientBackend>> backends;
  private final ImmutableList<Found<Explainer>> explainers;
  private final ImmutableList<Found<Metric>> metrics;
  private final ImmutableListMultimap<String, Found<Explainer>> explainersByName;
  private final ImmutableList<Found<ModelImporter>> importers;
  private final ImmutableList<String> problems;

  private Registry(ClassLoader loader, Plugins plugins) {
    this.plugins = plugins;
    ServiceSearch search = new ServiceSearch(loader, plugins);
    this.backends =
        search.find(GradientBackend.class, "backend", Registry::introduce).stream()
            .sorted(
                Comparator.comparing((Found<GradientBackend> f) -> f.service().preference())
                    .reversed())
            .collect(ImmutableList.toImmutableList());
    this.explainers =
        ImmutableList.copyOf(search.find(Explainer.class, "method", Registry::introduce));
    this.metrics = ImmutableList.copyOf(search.find(Metric.class, "metric", Metric::id));
    this.explainersByName = byName(explainers);
    this.importers =
        ImmutableList.copyOf(search.find(ModelImporter.class, "importer", ModelImporter::id));
    this.problems = ImmutableList.copyOf(search.problems());
  }

  /** Asks all that will be asked of every backend, so that one that fails then is left out. */
  private static String introduce(GradientBackend backend) {
    backend.preference();
    return backend.id();
  }

  private static String introduce(Explainer explainer) {
    explainer.aliases();
    return explainer.id();
  }

  /** Under its id and its aliases each. */
  private static ImmutableListMultimap<String, Found<Explainer>> byName(
      List<Found<Explainer>> explainers) {
    ImmutableListMultimap.Builder<String, Found<Explainer>> byName =
        ImmutableListMultimap.builder();
    for (Found<Explainer> found : explainers) {
      Set<String> names = new LinkedHashSet<>(found.service().aliases());
      names.add(found.service().id());
      names.forEach(name -> byName.put(name, found));
    }
    return byName.build();
  }

  /** What the class path of the calling thread's context loader, or else of this class, offers. */
  public static Registry ofClassPath() {
    return of(classPath());
  }

  private static ClassLoader classPath() {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return context != null ? context : Registry.class.getClassLoader();
  }

  /** What a class loader offers. */
  public static Registry of(ClassLoader loader) {
    return new Registry(loader, Plugins.NONE);
  }

  /**
   * What the class path offers, and the plugin zips in some directories. Natives of one kind can be
   * loaded by one class loader of a JVM only: make one such registry and share it.
   *
   * @throws InvalidRequestException if one of the directories does not exist
   */
  public static Registry withPlugins(Path... directories) {
    return with(Plugins.load(PluginSettings.of(List.of(directories))));
  }

  /** What the class path offers, and plugins that were loaded. */
  public static Registry with(Plugins plugins) {
    return new Registry(classPath(), plugins);
  }

  /** The plugins among which services were looked for. */
  public Plugins plugins() {
    return plugins;
  }

  /** Every service with where it comes from: backends, methods, metrics, importers. */
  public List<ServiceEntry> services() {
    return Stream.of(backends, explainers, metrics, importers)
        .flatMap(List::stream)
        .map(Found::entry)
        .toList();
  }

  /** All backends, available or not, the preferred ones first. */
  public List<GradientBackend> backends() {
    return services(backends);
  }

  /** All explainers. */
  public List<Explainer> explainers() {
    return services(explainers);
  }

  /** All metrics. */
  public List<Metric> metrics() {
    return services(metrics);
  }

  /** All importers. */
  public List<ModelImporter> importers() {
    return services(importers);
  }

  /** What does not work, one sentence each. */
  public List<String> problems() {
    return problems;
  }

  /**
   * A backend by id.
   *
   * @throws InvalidRequestException if there is none, or more than one, of this id
   */
  public GradientBackend backend(String id) {
    List<Found<GradientBackend>> called =
        backends.stream().filter(found -> found.service().id().equals(id)).toList();
    return only("backend", id, backends, called);
  }

  /**
   * An explainer by id or alias.
   *
   * @throws InvalidRequestException if there is none, or more than one, of this name
   */
  public Explainer explainer(String name) {
    return only("method", name, explainers, explainersByName.get(name));
  }

  /**
   * A metric by id.
   *
   * @throws InvalidRequestException if there is none, or more than one, of this id
   */
  public Metric metric(String id) {
    return only(
        "metric",
        id,
        metrics,
        metrics.stream().filter(metric -> metric.service().id().equals(id)).toList());
  }

  /** The one service that is called so. */
  private <S> S only(String kind, String name, List<Found<S>> all, List<Found<S>> matching) {
    if (matching.size() == 1) {
      return matching.get(0).service();
    }
    if (matching.isEmpty()) {
      String ids = all.stream().map(found -> found.entry().id()).collect(Collectors.joining(", "));
      throw new InvalidRequestException(
          "No "
              + kind
              + " is called \""
              + name
              + "\"; "
              + (ids.isEmpty() ? "none is on the class path or in a plugin" : "there are " + ids)
              + (problems.isEmpty() ? "" : ". Not all of them started: " + problems));
    }
    throw new InvalidRequestException(
        "More than one "
            + kind
            + " is called \""
            + name
            + "\": "
            + matching.stream().map(found -> found.entry().origin()).toList()
            + "; take one off the class path, or its plugin away");
  }

  private static <S> List<S> services(List<Found<S>> found) {
    return found.stream().map(Found::service).collect(ImmutableList.toImmutableList());
  }
}
