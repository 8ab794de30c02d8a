package org.pellucid.methods;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pellucid.api.ArrayAlgebra;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.Explainer;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.LayerActivations;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Need;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.explain.Degeneracy;
import org.pellucid.api.explain.Evidence;
import org.pellucid.api.explain.SaliencyReport;
import org.pellucid.api.explain.SelectedLayer;
import org.pellucid.graph.pass.Layouts;

/**
 * CAM, the class activation map: the feature maps of the last layer, weighted as the classifier
 * weighs their means. For a network whose scores are S_c = sum_k W_ck mean(A_k) + b_c of the
 * activations A [K, h, w], and a target that weighs score c with s_c (for one class, 1 for it and 0
 * for the others),
 *
 * <pre>
 * w_k = sum_c s_c W_ck
 * map = sum_k w_k A_k          [h, w], before ReLU
 * </pre>
 *
 * <p>B. Zhou et al.: "Learning deep features for discriminative localization", CVPR 2016, arXiv
 * 1512.04150 (source: secondary). It is h w times the map of {@link GradCam}. The mean of the map
 * is the score less its bias.
 *
 * <p>The layer must be followed by global average pooling and one linear layer: this is found in
 * the network, and checked by computing the scores. Otherwise the request is refused. There is no
 * sum over cells in the weights that a selection of neurons with the role {@code weight} could
 * restrict: it changes nothing.
 */
public final class Cam implements Explainer {
  private static final ArrayAlgebra ALGEBRA = ArrayAlgebra.INSTANCE;

  @Override
  public String id() {
    return "cam";
  }

  @Override
  public String description() {
    return "Feature maps weighted as the linear classifier behind global pooling weighs them (Zhou"
        + " et al. 2016, https://arxiv.org/abs/1512.04150)";
  }

  @Override
  public List<Option<?>> options() {
    return List.of();
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.LAYER, Need.LINEAR_HEAD);
  }

  @Override
  public Saliency explain(ModelProbe probe, Selection selection, Options options) {
    LayerActivations seen = probe.activations(SelectedLayer.layerOf(selection));
    SelectedLayer layer = SelectedLayer.of(selection, seen, probe);
    SaliencyReport report = new SaliencyReport(layer);
    Field activations = layer.field(seen.activations());
    double[] scores = probe.scores().toDoubleArray();
    LinearHead head = head(probe, seen);
    Optional<String> degeneracy = Degeneracy.ofActivations(activations);
    if (degeneracy.isPresent()) {
      return report.degenerate(degeneracy.get());
    }
    if (!head.gives(ALGEBRA.meanCells(activations).values(), scores)) {
      throw refusal(seen);
    }
    Field weights = new Field(seen.maps(), 1, head.weights(probe.target().seed(scores)));
    return report.saliency(Evidence.of(ALGEBRA, weights, activations, layer.contributionCells()));
  }

  private static LinearHead head(ModelProbe probe, LayerActivations seen) {
    String tensor = seen.tap().tensor();
    return Layouts.of(probe.graph())
        .of(tensor)
        .flatMap(axes -> LinearHead.behind(probe.graph(), tensor, axes))
        .orElseThrow(() -> refusal(seen));
  }

  private static InvalidRequestException refusal(LayerActivations seen) {
    return new InvalidRequestException(
        "The method cam needs a layer that is followed by global average pooling and one linear"
            + " layer, found \""
            + seen.tap().tensor()
            + "\", from which the scores are computed in another way; grad-cam is the same but for"
            + " a factor where cam works, and works here too");
  }
}
