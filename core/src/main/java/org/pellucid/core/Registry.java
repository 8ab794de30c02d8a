package org.pellucid.core;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Function;
import org.pellucid.api.Explainer;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.graph.ModelImporter;

/**
 * The backends, explainers and importers that are there. Found as services; a broken one is listed
 * among the {@link #problems} and does not stop the others. Of two with the same id neither is
 * chosen: asking for it names where both come from. Immutable.
 */
public final class Registry {
  private final ImmutableList<GradientBackend> backends;
  private final ImmutableList<Explainer> explainers;
  private final ImmutableList<ModelImporter> importers;
  private final ImmutableList<String> problems;

  private Registry(ClassLoader loader) {
    List<String> found = new ArrayList<>();
    this.backends =
        find(GradientBackend.class, loader, GradientBackend::id, found).stream()
            .sorted(Comparator.comparing(GradientBackend::preference).reversed())
            .collect(ImmutableList.toImmutableList());
    this.explainers = find(Explainer.class, loader, Explainer::id, found);
    this.importers = find(ModelImporter.class, loader, ModelImporter::id, found);
    this.problems = ImmutableList.copyOf(found);
  }

  /** What the class path of the calling thread's context loader, or else of this class, offers. */
  public static Registry ofClassPath() {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return of(context != null ? context : Registry.class.getClassLoader());
  }

  /** What a class loader offers. */
  public static Registry of(ClassLoader loader) {
    return new Registry(loader);
  }

  private static <S> ImmutableList<S> find(
      Class<S> service, ClassLoader loader, Function<S, String> id, List<String> problems) {
    ImmutableList.Builder<S> all = ImmutableList.builder();
    Iterator<S> providers = ServiceLoader.load(service, loader).iterator();
    List<String> seen = new ArrayList<>();
    while (true) {
      try {
        if (!providers.hasNext()) {
          return all.build();
        }
        S provider = providers.next();
        String name = id.apply(provider);
        if (seen.contains(name)) {
          problems.add(
              "Two services of type " + service.getSimpleName() + " are called \"" + name + "\"");
        }
        seen.add(name);
        all.add(provider);
      } catch (ServiceConfigurationError | RuntimeException | LinkageError e) {
        problems.add(
            "A service of type "
                + service.getSimpleName()
                + " does not start: "
                + e.getMessage()
                + (e.getCause() == null ? "" : " (" + e.getCause() + ")"));
      }
    }
  }

  /** All backends, available or not, the preferred ones first. */
  public List<GradientBackend> backends() {
    return backends;
  }

  /** All explainers. */
  public List<Explainer> explainers() {
    return explainers;
  }

  /** All importers. */
  public List<ModelImporter> importers() {
    return importers;
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
    List<GradientBackend> matching =
        backends.stream().filter(backend -> backend.id().equals(id)).toList();
    return only("backend", id, matching, backends.stream().map(GradientBackend::id).toList());
  }

  /**
   * An explainer by id or alias.
   *
   * @throws InvalidRequestException if there is none, or more than one, of this name
   */
  public Explainer explainer(String name) {
    List<Explainer> matching =
        explainers.stream()
            .filter(method -> method.id().equals(name) || method.aliases().contains(name))
            .toList();
    return only("method", name, matching, explainers.stream().map(Explainer::id).toList());
  }

  private <S> S only(String kind, String name, List<S> matching, List<String> ids) {
    if (matching.size() == 1) {
      return matching.get(0);
    }
    if (matching.isEmpty()) {
      throw new InvalidRequestException(
          "No "
              + kind
              + " is called \""
              + name
              + "\"; "
              + (ids.isEmpty()
                  ? "none is on the class path"
                  : "there are " + String.join(", ", ids))
              + (problems.isEmpty() ? "" : ". Not all of them started: " + problems));
    }
    throw new InvalidRequestException(
        "More than one "
            + kind
            + " is called \""
            + name
            + "\": "
            + matching.stream().map(Registry::origin).toList()
            + "; take one off the class path");
  }

  private static String origin(Object service) {
    var source = service.getClass().getProtectionDomain().getCodeSource();
    return service.getClass().getName() + (source == null ? "" : " from " + source.getLocation());
  }
}
