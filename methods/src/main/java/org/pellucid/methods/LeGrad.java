package org.pellucid.methods;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.Explainer;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Need;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.explain.Degeneracy;
import org.pellucid.api.explain.SaliencyReport;
import org.pellucid.api.explain.SelectedLayer;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * LeGrad: where a vision transformer's attention would raise the score. With the attention map A_l
 * [heads, T, T] of layer l, the tokens Z_l that the layer makes, and the score S_l that the
 * network's head gives for Z_l in place of the last layer's tokens,
 *
 * <pre>
 * map_t = sum_l mean over heads and queries q of ReLU(dS_l / dA_l,hqt)     [h, w], t the patches
 * </pre>
 *
 * <p>W. Bousselham et al.: "LeGrad: an explainability method for vision transformers via feature
 * formation sensitivity", ICCV 2025, arXiv 2404.03214 (source: secondary). The paper scales the map
 * to 0 to 1 at the end. The head pools tokens as the network itself does.
 *
 * <p>Attention maps are found in the network as softmax of products that multiply values; there
 * must be as many tokens as patches and a few before them. Networks without are refused. A
 * selection of neurons selects patches, whatever its role; no feature maps can be selected. The
 * measure {@code layers} says how many layers were added up.
 */
public final class LeGrad implements Explainer {
  private static final String PAPER = "Bousselham et al. 2025, https://arxiv.org/abs/2404.03214";

  /** How many layers are added up. */
  public static final Option<Integer> LAYERS =
      Option.integer(
          "layers", 0, 0, 10_000, "How many of the last layers are added up; 0: all", PAPER);

  @Override
  public String id() {
    return "le-grad";
  }

  @Override
  public List<String> aliases() {
    return List.of("legrad");
  }

  @Override
  public String description() {
    return "Where a transformer's attention would raise the score (Bousselham et al. 2025,"
        + " https://arxiv.org/abs/2404.03214)";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(LAYERS);
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.ATTENTION);
  }

  @Override
  public Saliency explain(ModelProbe probe, Selection selection, Options options) {
    Transformer transformer = Transformer.of(probe);
    Shape patches = transformer.patches();
    SelectedLayer layer = SelectedLayer.ofPatches(id(), selection, patches, probe);
    layer.checkAllMaps(id(), "looks at attention, which has none");
    SaliencyReport report = SaliencyReport.withoutTable(layer);
    int count = transformer.layers();
    int from = options.get(LAYERS) == 0 ? 0 : Math.max(0, count - options.get(LAYERS));
    report.measure("layers", count - from);
    double[] map = new double[Math.toIntExact(patches.size())];
    Optional<String> degeneracy =
        Degeneracy.ofScore(probe.target().value(probe.scores().toDoubleArray()));
    boolean zero = true;
    List<Tensor> gradients =
        degeneracy.isPresent() ? List.of() : transformer.gradients(probe, from);
    for (Tensor gradient : gradients) {
      double[] numbers = gradient.toDoubleArray();
      zero &= Degeneracy.zero(numbers);
      if (degeneracy.isEmpty() && !Degeneracy.finite(numbers)) {
        degeneracy = Degeneracy.ofGradients(numbers);
      }
      add(map, numbers, gradient.shape());
    }
    if (degeneracy.isEmpty() && zero) {
      degeneracy = Degeneracy.ofGradients(new double[map.length]);
    }
    return degeneracy.isPresent()
        ? report.degenerate(degeneracy.get())
        : report.saliency(new Field(1, map.length, map));
  }

  /** Adds what each patch has of a gradient [..., T, T], whose last axis holds the keys. */
  private static void add(double[] map, double[] gradient, Shape shape) {
    int tokens = shape.dim(shape.rank() - 1);
    int rows = gradient.length / tokens;
    int before = tokens - map.length;
    for (int i = 0; i < gradient.length; i++) {
      int patch = i % tokens - before;
      if (patch >= 0) {
        map[patch] += Math.max(0, gradient[i]) / rows;
      }
    }
  }
}
