package org.pellucid.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import org.pellucid.api.Availability;
import org.pellucid.api.Device;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Precision;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;

/** The backend {@code onnxruntime}, all of whose models count. */
public final class CountedBackend implements GradientBackend {
  private static final List<CountingModel> MODELS = new ArrayList<>();

  private final GradientBackend engine =
      ServiceLoader.load(GradientBackend.class).stream()
          .map(ServiceLoader.Provider::get)
          .filter(backend -> backend.id().equals("onnxruntime"))
          .findFirst()
          .orElseThrow();

  /** All images that went forward since the last time. */
  static int forward() {
    int sum = MODELS.stream().mapToInt(model -> model.counts().forward()).sum();
    MODELS.clear();
    return sum;
  }

  @Override
  public String id() {
    return "counted";
  }

  @Override
  public Availability availability() {
    return engine.availability();
  }

  @Override
  public List<Device> devices() {
    return engine.devices();
  }

  @Override
  public Set<Precision> precisions() {
    return engine.precisions();
  }

  @Override
  public Optional<String> refusal(Node node, Precision precision) {
    return engine.refusal(node, precision);
  }

  @Override
  public LoadedModel load(ModelGraph graph, LoadOptions options) {
    CountingModel model = new CountingModel(engine.load(graph, options));
    MODELS.add(model);
    return model;
  }
}
