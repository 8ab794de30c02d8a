package org.pellucid.methods;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.Explainer;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Need;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.explain.SaliencyReport;
import org.pellucid.api.explain.SelectedLayer;
import org.pellucid.graph.Shape;

/**
 * RISE: the image is seen through many random masks, and a pixel is worth what the scores are where
 * it shows. With masks M_m of values 0 to 1, of mean p,
 *
 * <pre>
 * map_ij = 1/(n p) sum_m (S(x M_m) - b) M_mij, with b = 1/n sum_m S(x M_m)   [h, w]
 * </pre>
 *
 * <p>Signals and volumes have masks along each of their axes.
 *
 * <p>V. Petsiuk, A. Das, K. Saenko: "RISE: randomized input sampling for explanation of black-box
 * models", BMVC 2018, arXiv 1806.07421 (source: secondary). The paper has b = 0 for scores that are
 * probabilities. Here scores are logits, whose 0 means nothing in particular, and the mean is taken
 * away by default: a positive value says that showing the pixel raises the score. The option {@code
 * offset} with {@code none} gives the paper's map. Masks are a grid of {@link #GRID} by {@link
 * #GRID} cells, each 1 with probability p, enlarged linearly and shifted at random by less than a
 * cell; equal seeds give equal masks on every backend.
 *
 * <p>What a mask hides becomes 0 in units of the model's input: the mean colour, where the model's
 * preset takes the mean away. All channels are masked; a selection of neurons selects pixels of the
 * map, whatever its role.
 */
public final class Rise implements Explainer {
  private static final String PAPER = "Petsiuk et al. 2018, https://arxiv.org/abs/1806.07421";

  /** What is taken away from scores. */
  public enum Offset {
    /** Their mean. */
    MEAN,
    /** Nothing. */
    NONE
  }

  /** The number of masks. */
  public static final Option<Integer> MASKS =
      Option.integer(
          "masks", 1000, 2, 100_000, "How many random masks are tried; the paper has 4000", PAPER);

  /** The cells of a mask. */
  public static final Option<Integer> GRID =
      Option.integer("grid", 7, 1, 100, "How many cells a mask has along each side", PAPER);

  /** How much a mask shows. */
  public static final Option<Double> KEPT =
      Option.number("kept", 0.5, 0.01, 0.99, "The probability p that a cell shows", PAPER);

  /** What is taken away from scores. */
  public static final Option<Offset> OFFSET =
      Option.choice(
          "offset",
          Offset.MEAN,
          "What is taken away from the scores: their mean, or nothing as in the paper",
          PAPER);

  /** Which masks. */
  public static final Option<Long> SEED =
      Option.wholeNumber(
          "seed",
          0,
          "Which masks; equal seeds give equal masks on every backend",
          NoiseOptions.NUMBERS);

  @Override
  public String id() {
    return "rise";
  }

  @Override
  public String description() {
    return "Scores of the image seen through many random masks (Petsiuk et al. 2018,"
        + " https://arxiv.org/abs/1806.07421)";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(MASKS, GRID, KEPT, OFFSET, SEED);
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.MANY_FORWARDS);
  }

  @Override
  public Saliency explain(ModelProbe probe, Selection selection, Options options) {
    SelectedLayer layer = SelectedLayer.ofInput(id(), selection, probe);
    layer.checkAllMaps(id(), "changes all channels of the input at once");
    SaliencyReport report = SaliencyReport.withoutTable(layer);
    Shape space = layer.space();
    double kept = options.get(KEPT);
    RandomMasks masks = new RandomMasks(options.get(SEED), options.get(GRID), kept, space);
    double[] image = probe.inputMaps().toDoubleArray();
    record Masked(RandomMasks by, int count) {}
    Variants masked =
        new Variants(
            new Masked(masks, options.get(MASKS)),
            options.get(MASKS),
            layer.shape(),
            index -> {
              double[] mask = masks.get(index);
              double[] pixels = new double[image.length];
              Arrays.setAll(pixels, i -> image[i] * mask[i % mask.length]);
              return pixels;
            });
    double[] scores = probe.scoresOf(probe.variants(masked));
    report.measure("masks", scores.length);
    double offset =
        options.get(OFFSET) == Offset.NONE ? 0 : Arrays.stream(scores).average().orElseThrow();
    double[] map = new double[Math.toIntExact(space.size())];
    for (int m = 0; m < scores.length; m++) {
      double factor = (scores[m] - offset) / (scores.length * kept);
      double[] mask = masks.get(m);
      Arrays.setAll(map, i -> map[i] + factor * mask[i]);
    }
    return report.saliency(new Field(1, map.length, map));
  }
}
