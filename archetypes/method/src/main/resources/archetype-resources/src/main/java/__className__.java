package ${package};

import org.pellucid.api.Algebra;
import org.pellucid.api.explain.ClosedFormMethod;
import org.pellucid.api.explain.LayerTerms;

/** To begin with, Grad-CAM: change what the weights are. */
public final class ${className} extends ClosedFormMethod {
  /** A service is made without parameters. */
  public ${className}() {
    super(${className}::weights);
  }

  @Override
  public String id() {
    return "${methodId}";
  }

  @Override
  public String description() {
    return "What it shows and how, in one sentence with the paper";
  }

  /**
   * A weight per feature map, w_k (or per cell of each, w_kij); the map is sum_k w_k A_k. A are the
   * layer's activations, g = dS/dA the gradients of the class's score.
   */
  private static <T> T weights(Algebra<T> algebra, LayerTerms<T> layer) {
    return algebra.meanCells(algebra.mul(layer.gradients(), layer.weightCells()));
  }
}
