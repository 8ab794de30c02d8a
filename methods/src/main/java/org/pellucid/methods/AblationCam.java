package org.pellucid.methods;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.pellucid.api.ArrayAlgebra;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.Explainer;
import org.pellucid.api.LayerActivations;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Need;
import org.pellucid.api.NeuronSelection;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.explain.Degeneracy;
import org.pellucid.api.explain.Evidence;
import org.pellucid.api.explain.SaliencyReport;
import org.pellucid.api.explain.SelectedLayer;

/**
 * Ablation-CAM: feature maps weighted by how much the score falls without them. With the score S
 * and the score S_k when feature map k of the layer's activations A [K, h, w] is set to zero,
 *
 * <pre>
 * w_k = (S - S_k) / |S|
 * map = sum_k w_k A_k          [h, w], before ReLU
 * </pre>
 *
 * <p>S. Desai, H. G. Ramaswamy: "Ablation-CAM: visual explanations for deep convolutional network
 * via gradient-free localization", WACV 2020 (source: secondary). The paper divides by S, which
 * would turn the meaning of all weights round where the score is negative; the two agree where it
 * is positive. Where S is 0 nothing is divided. A feature map of zeros is not tried: it has weight
 * 0.
 *
 * <p>The network is resumed from the layer, at the cost of a pass from there to the scores for each
 * feature map. A selection of neurons with the role {@code weight} sets the selected cells alone to
 * zero.
 */
public final class AblationCam implements Explainer {
  @Override
  public String id() {
    return "ablation-cam";
  }

  @Override
  public List<String> aliases() {
    return List.of("ablationcam");
  }

  @Override
  public String description() {
    return "Feature maps weighted by the fall of the score without them; no gradients (Desai and"
        + " Ramaswamy 2020, https://doi.org/10.1109/WACV45572.2020.9093360)";
  }

  @Override
  public List<Option<?>> options() {
    return List.of();
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.LAYER, Need.RESUME);
  }

  @Override
  public Saliency explain(ModelProbe probe, Selection selection, Options options) {
    LayerActivations seen = probe.activations(SelectedLayer.layerOf(selection));
    SelectedLayer layer = SelectedLayer.of(selection, seen, probe);
    SaliencyReport report = new SaliencyReport(layer);
    double[] activations = seen.activations();
    Optional<String> degeneracy = Degeneracy.ofActivations(activations);
    if (degeneracy.isPresent()) {
      return report.degenerate(degeneracy.get());
    }
    int cells = seen.cells();
    Field field = layer.field(activations);
    double[] removed = ArrayAlgebra.INSTANCE.mul(field, layer.weightCells()).values();
    int[] tried =
        IntStream.range(0, seen.maps())
            .filter(k -> !Degeneracy.zero(Arrays.copyOfRange(removed, k * cells, (k + 1) * cells)))
            .toArray();
    record Without(NeuronSelection neurons) {}
    Variants without =
        new Variants(
            new Without(SelectedLayer.weighing(selection)),
            tried.length,
            seen.shape(),
            index -> {
              double[] rest = activations.clone();
              for (int i = tried[index] * cells; i < (tried[index] + 1) * cells; i++) {
                rest[i] -= removed[i];
              }
              return rest;
            });
    double[] scores = probe.scoresFrom(seen.tap(), without);
    double divisor = seen.score() == 0 ? 1 : Math.abs(seen.score());
    double[] weights = new double[seen.maps()];
    for (int i = 0; i < tried.length; i++) {
      weights[tried[i]] = (seen.score() - scores[i]) / divisor;
    }
    return report.saliency(
        Evidence.of(
            ArrayAlgebra.INSTANCE,
            new Field(weights.length, 1, weights),
            field,
            layer.contributionCells()));
  }
}
