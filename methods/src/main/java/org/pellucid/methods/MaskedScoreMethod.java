package org.pellucid.methods;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntFunction;
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
import org.pellucid.api.Tap;
import org.pellucid.api.explain.Degeneracy;
import org.pellucid.api.explain.Evidence;
import org.pellucid.api.explain.SaliencyReport;
import org.pellucid.api.explain.SelectedLayer;

/**
 * A method that weighs each feature map by the score of the image seen through it: Score-CAM and
 * its kin. They differ in how many times, and with which mask, a feature map is tried.
 */
abstract class MaskedScoreMethod implements Explainer {
  private static final ArrayAlgebra ALGEBRA = ArrayAlgebra.INSTANCE;

  /** How many feature maps are tried. */
  public static final Option<Integer> TOP =
      Option.integer(
          "top",
          0,
          0,
          1_000_000,
          "Only as many feature maps are tried, those that vary most over their cells; the others"
              + " have weight 0. 0: all",
          "Faster Score-CAM, https://github.com/tabayashi0117/Score-CAM");

  private final List<Option<?>> options;

  MaskedScoreMethod(Option<?>... further) {
    List<Option<?>> all = new ArrayList<>(List.of(TOP));
    all.addAll(List.of(further));
    this.options = List.copyOf(all);
  }

  /** How many times a feature map is tried; the scores are averaged. */
  abstract int trials(Options values);

  /**
   * The trial whose mask is the enlarged feature map as it is, so that all who try it share its
   * scores; none by default.
   */
  OptionalInt plainTrial(Options values) {
    return OptionalInt.empty();
  }

  /**
   * Makes the mask of a trial.
   *
   * @param mask a feature map enlarged to the input, from 0 to 1; may be overwritten
   * @param trial from 0
   */
  abstract double[] mask(double[] mask, int trial, Options values);

  @Override
  public List<Option<?>> options() {
    return options;
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.LAYER, Need.MANY_FORWARDS);
  }

  @Override
  public Saliency explain(ModelProbe probe, Selection selection, Options values) {
    LayerActivations seen = probe.activations(SelectedLayer.layerOf(selection));
    SelectedLayer layer = SelectedLayer.of(selection, seen, probe);
    SaliencyReport report = new SaliencyReport(layer);
    Field activations = layer.field(seen.activations());
    Optional<String> degeneracy = Degeneracy.ofActivations(activations);
    if (degeneracy.isPresent()) {
      return report.degenerate(degeneracy.get());
    }
    FeatureMasks masks =
        new FeatureMasks(
            ALGEBRA.mul(activations, layer.weightCells()),
            layer.space(),
            SelectedLayer.space(probe.inputMaps().shape()));
    int[] tried = tried(masks, values.get(TOP));
    double[] weights = new double[seen.maps()];
    if (tried.length > 0) {
      double[] shares = softmax(scores(probe, masks, tried, selection, values));
      for (int i = 0; i < tried.length; i++) {
        weights[tried[i]] = shares[i];
      }
    }
    report.measure("tried", tried.length);
    if (tried.length == 0) {
      report.warn("No feature map differs between cells, so that none can be a mask");
    }
    return report.saliency(
        Evidence.of(
            ALGEBRA,
            new Field(weights.length, 1, weights),
            activations,
            layer.contributionCells()));
  }

  /** The feature maps that can be masks, in index order. */
  private static int[] tried(FeatureMasks masks, int top) {
    IntStream varying = IntStream.range(0, masks.count()).filter(masks::varies);
    return top == 0
        ? varying.toArray()
        : varying
            .boxed()
            .sorted(Comparator.comparingDouble((Integer k) -> -masks.variance(k)))
            .limit(top)
            .mapToInt(Integer::intValue)
            .sorted()
            .toArray();
  }

  /** Masks of feature maps, by what tells them from others. */
  private record Masked(
      Tap layer, NeuronSelection cells, List<Integer> tried, Optional<Trials> trials) {}

  /** The masks of a method that are not feature maps as they are. */
  private record Trials(String method, List<Object> values) {}

  /** The mean score of the image seen through each of some feature maps. */
  private double[] scores(
      ModelProbe probe, FeatureMasks masks, int[] tried, Selection selection, Options values) {
    double[] image = probe.inputMaps().toDoubleArray();
    OptionalInt plain = plainTrial(values);
    int[] altered =
        IntStream.range(0, trials(values))
            .filter(trial -> plain.isEmpty() || trial != plain.getAsInt())
            .toArray();
    double[] sums = new double[tried.length];
    List<Integer> maps = Arrays.stream(tried).boxed().toList();
    Tap layer = SelectedLayer.layerOf(selection);
    NeuronSelection cells = SelectedLayer.weighing(selection);
    if (plain.isPresent()) {
      Masked identity = new Masked(layer, cells, maps, Optional.empty());
      double[] scores =
          seen(probe, identity, tried.length, image, index -> masks.get(tried[index]));
      Arrays.setAll(sums, i -> scores[i]);
    }
    if (altered.length > 0) {
      List<Object> settings =
          options.stream().filter(option -> !option.equals(TOP)).<Object>map(values::get).toList();
      Masked identity = new Masked(layer, cells, maps, Optional.of(new Trials(id(), settings)));
      int each = altered.length;
      double[] scores =
          seen(
              probe,
              identity,
              Math.multiplyExact(tried.length, each),
              image,
              index -> mask(masks.get(tried[index / each]), altered[index % each], values));
      for (int i = 0; i < scores.length; i++) {
        sums[i / each] += scores[i];
      }
    }
    return Arrays.stream(sums).map(sum -> sum / trials(values)).toArray();
  }

  /** The scores of the image seen through masks. */
  private static double[] seen(
      ModelProbe probe, Masked identity, int count, double[] image, IntFunction<double[]> masks) {
    Variants seen =
        new Variants(
            identity,
            count,
            probe.inputMaps().shape(),
            index -> {
              double[] mask = masks.apply(index);
              double[] pixels = new double[image.length];
              for (int channel = 0; channel < pixels.length; channel += mask.length) {
                for (int i = 0; i < mask.length; i++) {
                  pixels[channel + i] = image[channel + i] * mask[i];
                }
              }
              return pixels;
            });
    return probe.scoresOf(probe.variants(seen));
  }

  private static double[] softmax(double[] scores) {
    double highest = Arrays.stream(scores).max().orElseThrow();
    double[] shares = Arrays.stream(scores).map(score -> Math.exp(score - highest)).toArray();
    double sum = Arrays.stream(shares).sum();
    return Arrays.stream(shares).map(share -> share / sum).toArray();
  }
}
