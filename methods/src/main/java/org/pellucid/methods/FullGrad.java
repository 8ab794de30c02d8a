package org.pellucid.methods;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.api.ArrayAlgebra;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.Explainer;
import org.pellucid.api.FeatureMaps;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Need;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.Tap;
import org.pellucid.api.explain.Degeneracy;
import org.pellucid.api.explain.SaliencyReport;
import org.pellucid.api.explain.SelectedLayer;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.pass.FeatureMapAxes;
import org.pellucid.graph.pass.Layouts;
import org.pellucid.methods.Biases.Bias;

/**
 * FullGrad: what the input and every bias of the network add to the score. With the gradient of the
 * target's score by the input x, and by each bias b at every place where it is added,
 *
 * <pre>
 * S = sum x dS/dx + sum_b b dS/db                        of networks of ReLUs: completeness
 * map = sum_c psi(x dS/dx)_c + sum_l sum_c psi(b_l dS/db_l)_c   [h, w]
 * psi(m) = enlarged((|m| - min |m|) / (max |m| - min |m|))
 * </pre>
 *
 * with l over the layers of feature maps that a bias is added to, c over their channels, and the
 * minimum and maximum over a whole layer; a layer that is the same everywhere adds nothing.
 *
 * <p>S. Srinivas, F. Fleuret: "Full-gradient representation for neural network visualization",
 * NeurIPS 2019, arXiv 1905.00780 (source: secondary). Biases are all constants that the network
 * adds, also those that batch normalisation implies; of one that was folded into a convolution
 * before, the two biases are one. Enlarged is bilinearly between the centres of cells, where the
 * authors' program takes corners.
 *
 * <p>Biases of layers without rows and columns are in the sum, not in the map. The measure {@code
 * completenessDelta} is the sum less the score: 0 but for rounding where all that is between input
 * and score is linear, ReLU or a maximum. A selection of neurons selects pixels of the map,
 * whatever its role.
 */
public final class FullGrad implements Explainer {
  private static final ArrayAlgebra ALGEBRA = ArrayAlgebra.INSTANCE;

  /** The part of the score that may be missing without a warning. */
  private static final double INCOMPLETE = 0.01;

  @Override
  public String id() {
    return "full-grad";
  }

  @Override
  public List<String> aliases() {
    return List.of("fullgrad");
  }

  @Override
  public String description() {
    return "What the input and all biases of the network add to the score (Srinivas and Fleuret"
        + " 2019, https://arxiv.org/abs/1905.00780)";
  }

  @Override
  public List<Option<?>> options() {
    return List.of();
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.INPUT_GRADIENTS, Need.NETWORK);
  }

  @Override
  public Saliency explain(ModelProbe probe, Selection selection, Options options) {
    SelectedLayer layer = SelectedLayer.ofInput(id(), selection, probe);
    layer.checkAllMaps(id(), "adds up channels of all layers");
    SaliencyReport report = SaliencyReport.withoutTable(layer);
    Shape space = layer.space();
    List<Bias> biases = Biases.of(probe.graph());
    Set<Tap> taps = new LinkedHashSet<>();
    biases.forEach(bias -> taps.add(new Tap(bias.tensor())));
    LayerCapture input = probe.capture(probe.inputTap());
    Map<Tap, Tensor> gradients = probe.gradients(taps);

    Field products = ALGEBRA.mul(input.activationField(), input.gradientField());
    double sum = Arrays.stream(products.values()).sum();
    double[] map = new double[Math.toIntExact(space.size())];
    add(map, products, space, space);
    Layouts layouts = Layouts.of(probe.graph());
    for (Bias bias : biases) {
      Tensor part = bias.times(gradients.get(new Tap(bias.tensor())));
      sum += Arrays.stream(part.toDoubleArray()).sum();
      Optional<FeatureMapAxes> axes =
          layouts.of(bias.tensor()).filter(found -> found.spatialAxes().size() == space.rank());
      if (axes.isPresent()) {
        FeatureMaps maps = FeatureMaps.of(part.shape(), axes.get());
        Shape cells = SelectedLayer.space(maps.shape());
        int channels = maps.shape().dim(0);
        add(map, new Field(channels, (int) cells.size(), maps.ofSample(part, 0)), cells, space);
      }
    }
    Optional<String> degeneracy = degeneracy(input, gradients.values());
    if (degeneracy.isPresent()) {
      return report.degenerate(degeneracy.get());
    }
    completeness(sum, input.score(), report);
    return report.saliency(new Field(1, map.length, map));
  }

  private static Optional<String> degeneracy(LayerCapture input, Collection<Tensor> ofBiases) {
    Optional<String> degeneracy =
        Degeneracy.ofScore(input.score()).or(() -> Degeneracy.ofGradients(input.gradientField()));
    boolean biasesSpeak =
        ofBiases.stream()
            .map(Tensor::toDoubleArray)
            .anyMatch(numbers -> Degeneracy.ofGradients(numbers).isEmpty());
    // Behind units that are all off the input does not matter, but biases may.
    return Degeneracy.zero(input.gradients()) && biasesSpeak ? Optional.empty() : degeneracy;
  }

  /** Adds the channels of a layer, rescaled together and enlarged. */
  private static void add(double[] map, Field layer, Shape from, Shape to) {
    double min = Double.POSITIVE_INFINITY;
    double max = 0;
    for (double value : layer.values()) {
      min = Math.min(min, Math.abs(value));
      max = Math.max(max, Math.abs(value));
    }
    if (!(max > min)) {
      return;
    }
    // Channels are summed first: enlarging is linear.
    double[] sums = new double[layer.cells()];
    for (int i = 0; i < layer.values().length; i++) {
      sums[i % sums.length] += (Math.abs(layer.values()[i]) - min) / (max - min);
    }
    double[] enlarged = new Enlargement(from, to).of(sums);
    for (int i = 0; i < map.length; i++) {
      map[i] += enlarged[i];
    }
  }

  private static void completeness(double sum, double score, SaliencyReport report) {
    double delta = sum - score;
    if (!Double.isFinite(delta)) {
      return;
    }
    report.measure("completenessDelta", delta);
    if (Math.abs(delta) > INCOMPLETE * Math.abs(score)) {
      report.warn(
          String.format(
              Locale.ROOT,
              "Input and biases add up to %.4g, the score is %.4g: the network is not made of"
                  + " linear parts and ReLUs alone, or adds constants in other ways",
              sum,
              score));
    }
  }
}
