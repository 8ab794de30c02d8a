package org.pellucid.methods;

import org.pellucid.api.ModelProbe;
import org.pellucid.api.explain.SaliencyReport;
import org.pellucid.graph.gradient.GradientRules;
import org.pellucid.graph.op.Unary;

/** The gradient of guided backpropagation. */
final class Guidance {
  private Guidance() {}

  /** The probe under the rule; a network that the rule does not change is warned of. */
  static ModelProbe of(ModelProbe probe, SaliencyReport report) {
    boolean changes =
        probe.graph().nodes().stream().anyMatch(node -> node.operation() instanceof Unary.Relu);
    if (!changes) {
      report.warn(
          "The network has no ReLU, which is all that guided backpropagation changes: its gradient"
              + " is the plain one");
    }
    return probe.with(GradientRules.GUIDED_BACKPROPAGATION);
  }
}
