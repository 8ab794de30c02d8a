package org.pellucid.bench;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.api.Explainer;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Need;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.Status;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * Activations times gradients, summed over feature maps: two cheap methods, to share passes with.
 */
public abstract class GradientProduct implements Explainer {
  private final String id;

  GradientProduct(String id) {
    this.id = id;
  }

  /** With gradients as they are. */
  public static final class Signed extends GradientProduct {
    /** Makes the method. */
    public Signed() {
      super("bench-signed");
    }

    @Override
    double weight(double gradient) {
      return gradient;
    }
  }

  /** With positive gradients alone. */
  public static final class Positive extends GradientProduct {
    /** Makes the method. */
    public Positive() {
      super("bench-positive");
    }

    @Override
    double weight(double gradient) {
      return Math.max(0, gradient);
    }
  }

  abstract double weight(double gradient);

  @Override
  public String id() {
    return id;
  }

  @Override
  public String description() {
    return "for benchmarks";
  }

  @Override
  public List<Option<?>> options() {
    return List.of();
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.LAYER, Need.LAYER_GRADIENTS);
  }

  @Override
  public Saliency explain(ModelProbe probe, Selection selection, Options options) {
    LayerCapture capture = probe.capture(selection.layers().get(0));
    double[] map = new double[capture.cells()];
    for (int i = 0; i < capture.gradients().length; i++) {
      map[i % map.length] += weight(capture.gradients()[i]) * capture.activations()[i];
    }
    Shape shape = Shape.of(capture.shape().dim(1), capture.shape().dim(2));
    return new Saliency(
        Tensor.of(shape, map), List.of(), Optional.empty(), Status.OK, List.of(), Map.of());
  }
}
