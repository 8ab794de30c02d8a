package ${package};

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pellucid.api.Availability;
import org.pellucid.api.Device;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.Precision;
import org.pellucid.api.engine.Engine;
import org.pellucid.api.engine.GraphBackend;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;

/** A backend on an engine that runs networks forward. Gradients come to it as graphs, too. */
public final class ${className} extends GraphBackend {
  /** A service is made without parameters, and touches no native code here. */
  public ${className}() {}

  @Override
  public String id() {
    return "${backendId}";
  }

  /** Where something is missing: {@code Availability.no}, with a sentence on what to do. */
  @Override
  public Availability availability() {
    return Availability.yes("version of your engine");
  }

  /** Below 0: taken only where it is asked for. */
  @Override
  public int preference() {
    return -200;
  }

  @Override
  public List<Device> devices() {
    return List.of(Device.CPU);
  }

  @Override
  public Set<Precision> precisions() {
    return Set.of(Precision.FLOAT64);
  }

  /** What your engine cannot run; it is then also declared in the test's {@code refused()}. */
  @Override
  public Optional<String> refusal(Node node, Precision precision) {
    return precision == Precision.FLOAT64
        ? Optional.empty()
        : Optional.of("only float64 is offered, not " + precision.id());
  }

  @Override
  protected Engine open(ModelGraph graph, LoadOptions options) {
    return new ${className}Engine();
  }
}
