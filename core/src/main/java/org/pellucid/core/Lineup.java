package org.pellucid.core;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;

/** One model, read once, on several backends; {@link Loader#loadOn} makes it. Immutable. */
public final class Lineup implements AutoCloseable {
  private final ImmutableList<Pellucid> models;
  private final ImmutableMap<String, String> leftOut;

  private Lineup(List<Pellucid> models, Map<String, String> leftOut) {
    this.models = ImmutableList.copyOf(models);
    this.leftOut = ImmutableMap.copyOf(leftOut);
  }

  /** A model on one backend; closed with this. */
  public static Lineup of(Pellucid model) {
    return new Lineup(List.of(model), Map.of());
  }

  static Lineup of(
      Classifier classifier,
      Registry services,
      List<String> backends,
      String device,
      LoadOptions options) {
    boolean all = backends.isEmpty();
    List<String> ids =
        all
            ? services.backends().stream().map(GradientBackend::id).distinct().toList()
            : backends.stream().distinct().toList();
    List<Pellucid> models = new ArrayList<>();
    Map<String, String> leftOut = new LinkedHashMap<>();
    for (String id : ids) {
      BackendChoice choice = new BackendChoice(services, id, device, options.precision());
      Optional<String> obstacle = all ? choice.obstacle(classifier.graph()) : Optional.empty();
      if (obstacle.isPresent()) {
        leftOut.put(id, obstacle.get());
      } else {
        models.add(Loader.start(classifier, id, device, options));
      }
    }
    if (models.isEmpty()) {
      // Says for each backend what is in its way.
      models.add(Loader.start(classifier, "auto", device, options));
    }
    return new Lineup(models, leftOut);
  }

  /** The model on each backend that can run it, the preferred backends first or as named. */
  public List<Pellucid> models() {
    return models;
  }

  /** The backends that cannot be used as asked for, by id, each with the reason. */
  public Map<String, String> leftOut() {
    return leftOut;
  }

  /** Frees what the backends hold. */
  @Override
  public void close() {
    RuntimeException failure = null;
    for (Pellucid model : models) {
      try {
        model.close();
      } catch (RuntimeException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
