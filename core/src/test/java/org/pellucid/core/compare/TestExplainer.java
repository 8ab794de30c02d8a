package org.pellucid.core.compare;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.api.Explainer;
import org.pellucid.api.Inputs;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Need;
import org.pellucid.api.Noise;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.ScoreScale;
import org.pellucid.api.Selection;
import org.pellucid.api.Status;
import org.pellucid.api.Tap;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.UnsupportedModelException;

/** Small methods to compare. */
public abstract class TestExplainer implements Explainer {
  private final String id;

  TestExplainer(String id) {
    this.id = id;
  }

  /** Activations times gradients. */
  public static class Product extends TestExplainer {
    public Product() {
      super("product");
    }

    Product(String id) {
      super(id);
    }

    @Override
    double[] map(ModelProbe probe, Tap layer, Options options) {
      LayerCapture capture = probe.capture(layer);
      return sum(capture, capture.gradients());
    }
  }

  /** The same under another name, of gradients alone. */
  public static final class Gradient extends TestExplainer {
    public Gradient() {
      super("gradient");
    }

    @Override
    double[] map(ModelProbe probe, Tap layer, Options options) {
      LayerCapture capture = probe.capture(layer);
      double[] sums = new double[capture.cells()];
      for (int i = 0; i < capture.gradients().length; i++) {
        sums[i % sums.length] += capture.gradients()[i];
      }
      return sums;
    }
  }

  /** Activations times the mean gradient of noisy copies. */
  public static final class Noisy extends TestExplainer {
    static final Option<Integer> SAMPLES = Option.integer("samples", 5, 1, 100, "copies", "");

    public Noisy() {
      super("noisy");
    }

    @Override
    public List<Option<?>> options() {
      return List.of(SAMPLES);
    }

    @Override
    double[] map(ModelProbe probe, Tap layer, Options options) {
      Noise noise = new Noise(options.get(SAMPLES), 1e-9, Noise.Scale.ABSOLUTE, 1);
      double[] mean = probe.moments(layer, noise, ScoreScale.LOGIT).first();
      return sum(probe.capture(layer), mean);
    }
  }

  /** Activations times gradients, and the score when the layer is halved. */
  public static final class Resuming extends TestExplainer {
    public Resuming() {
      super("resuming");
    }

    @Override
    double[] map(ModelProbe probe, Tap layer, Options options) {
      LayerCapture capture = probe.capture(layer);
      Tensor half = Tensor.of(capture.shape(), capture.activations().clone());
      Inputs one =
          new Inputs() {
            @Override
            public int count() {
              return 1;
            }

            @Override
            public Tensor get(int index) {
              return half;
            }
          };
      double[] map = sum(capture, capture.gradients());
      map[0] += 1e-3 * probe.scoresFrom(layer, one)[0];
      return map;
    }
  }

  /** Magnifies rounding a hundred times. */
  public static final class Sensitive extends Product {
    public Sensitive() {
      super("sensitive");
    }

    @Override
    double[] map(ModelProbe probe, Tap layer, Options options) {
      double[] map = super.map(probe, layer, options);
      for (int i = 0; i < map.length; i++) {
        map[i] = Math.sin(1e2 * map[i]);
      }
      return map;
    }
  }

  /** Cannot be used. */
  public static final class Unusable extends TestExplainer {
    public Unusable() {
      super("unusable");
    }

    @Override
    double[] map(ModelProbe probe, Tap layer, Options options) {
      throw new UnsupportedModelException("it needs a head that this model has not");
    }
  }

  abstract double[] map(ModelProbe probe, Tap layer, Options options);

  private static double[] sum(LayerCapture capture, double[] weights) {
    double[] sums = new double[capture.cells()];
    for (int i = 0; i < weights.length; i++) {
      sums[i % sums.length] += weights[i] * capture.activations()[i];
    }
    return sums;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String description() {
    return "for tests";
  }

  @Override
  public List<Option<?>> options() {
    return List.of();
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.LAYER, Need.LAYER_GRADIENTS, Need.NOISY_COPIES);
  }

  @Override
  public Saliency explain(ModelProbe probe, Selection selection, Options options) {
    Tap layer = selection.layers().get(0);
    Shape shape = probe.capture(layer).shape();
    double[] map = map(probe, layer, options);
    return new Saliency(
        Tensor.of(Shape.of(shape.dim(1), shape.dim(2)), map),
        List.of(),
        Optional.empty(),
        Status.OK,
        List.of(),
        Map.of());
  }
}
