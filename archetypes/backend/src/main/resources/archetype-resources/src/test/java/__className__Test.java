package ${package};

import java.util.Set;
import org.pellucid.api.GradientBackend;
import org.pellucid.graph.Operation;
import org.pellucid.testkit.GradientBackendContract;

/** Everything that is asked of any backend comes with the contract. */
class ${className}Test extends GradientBackendContract {
  @Override
  protected GradientBackend backend() {
    return new ${className}();
  }

  /** Operations that the backend refuses, for some attributes or for all. */
  @Override
  protected Set<Class<? extends Operation>> refused() {
    return Set.of();
  }
}
