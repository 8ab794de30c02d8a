package org.pellucid.methods;

import java.util.List;
import java.util.Set;
import org.pellucid.api.Explainer;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Need;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.ScoreScale;
import org.pellucid.api.Selection;
import org.pellucid.api.Tap;
import org.pellucid.api.explain.ClosedForm;
import org.pellucid.api.explain.SaliencyReport;
import org.pellucid.api.explain.SelectedLayer;

/**
 * Smooth Grad-CAM++. With activations A [K, h, w] of a layer for the clean image, gradients g_m of
 * the target's score for n copies of the image with Gaussian noise, and averages of their powers
 * D_p = (1/n) sum_m g_m^p,
 *
 * <pre>
 * alpha_kij = D_2 / (2 D_2 + (sum_ab A_kab) D_3), 0 where D_2 = 0
 * w_k = sum_ij alpha_kij ReLU(D_1)
 * map = sum_k w_k A_k          [h, w], before ReLU
 * </pre>
 *
 * <p>D. Omeiza et al.: "Smooth Grad-CAM++: an enhanced inference level visualization technique for
 * deep convolutional neural network models", 2019, arXiv 1908.01224. The paper prints D_1 as
 * alpha's numerator, which is not what averaging the derivatives of Grad-CAM++ gives, nor what
 * Grad-CAM++ becomes without noise; {@link SmoothFormula#PAPER} follows the print. {@link #NOISE},
 * {@link #SIGMA}, {@link #SAMPLES}, {@link #TOLERANCE} and {@link #SEED} say which noise, {@link
 * #SCORE} whose derivatives are averaged.
 *
 * <p>Numerical care, neurons and the validity of the closed form are as in {@link GradCamPlusPlus}.
 * The standard error of the raw map is the jackknife's over at most 10 groups of samples; the
 * selection of top feature maps is held fixed in it. The measure {@code effectiveSamples} says how
 * many equal samples the weights of the {@code exp} score amount to; below n/4 there is a warning.
 */
public final class SmoothGradCamPlusPlus implements Explainer {
  private static final String PAPER = "Omeiza et al. 2019, https://arxiv.org/abs/1908.01224";

  /** How derivatives of noisy copies are combined. */
  public static final Option<SmoothFormula> FORMULA =
      Option.choice(
          "formula",
          SmoothFormula.CORRECTED,
          "Corrected: Grad-CAM++ on averaged derivatives; paper: with the numerator as printed;"
              + " mean-of-maps: the mean of the copies' raw Grad-CAM++ maps",
          PAPER);

  /** Whose derivatives are averaged. */
  public static final Option<ScoreScale> SCORE =
      Option.choice(
          "score",
          ScoreScale.LOGIT,
          "Average the derivatives of the logit S, or of exp(S), where likelier copies weigh more",
          PAPER);

  /** The number of noisy copies. */
  public static final Option<SampleCount> SAMPLES = NoiseOptions.SAMPLES;

  /** With as many copies as it takes: how far the map may be from its limit. */
  public static final Option<Double> TOLERANCE = NoiseOptions.TOLERANCE;

  /** Noise relative to the input's range. */
  public static final Option<Double> NOISE = NoiseOptions.NOISE;

  /** Noise in units of the input; 0 leaves it to {@link #NOISE}. */
  public static final Option<Double> SIGMA = NoiseOptions.SIGMA;

  /** Which noise. */
  public static final Option<Long> SEED = NoiseOptions.SEED;

  @Override
  public String id() {
    return "smooth-grad-cam++";
  }

  @Override
  public List<String> aliases() {
    return List.of("smoothgradcampp");
  }

  @Override
  public String description() {
    return "Grad-CAM++ on derivatives averaged over noisy copies of the image (Omeiza et al. 2019,"
        + " https://arxiv.org/abs/1908.01224)";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(SAMPLES, TOLERANCE, NOISE, SIGMA, SEED, FORMULA, SCORE);
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.LAYER, Need.LAYER_GRADIENTS, Need.NOISY_COPIES);
  }

  private record Question(Selection selection, SmoothFormula formula) {}

  @Override
  public Saliency explain(ModelProbe probe, Selection selection, Options options) {
    // Before the long work, so that a mistake in the selection costs nothing.
    SelectedLayer layer = SelectedLayer.of(selection, probe);
    Tap tap = SelectedLayer.layerOf(selection);
    SaliencyReport report = new SaliencyReport(layer);
    Sampling sampling = Sampling.of(options);
    ScoreScale score = options.get(SCORE);
    SmoothFormula chosen = options.get(FORMULA);
    if (chosen == SmoothFormula.MEAN_OF_MAPS) {
      return new MeanOfMaps(layer, selection)
          .explain(probe, probe.capture(tap), sampling, score, report);
    }
    AlphaWeightedGradient.Numerator numerator =
        chosen == SmoothFormula.PAPER
            ? AlphaWeightedGradient.Numerator.FIRST_MOMENT
            : AlphaWeightedGradient.Numerator.SECOND_MOMENT;
    ClosedForm formula = new ClosedForm(new AlphaWeightedGradient(numerator), layer);
    // The clean image may run with the copies, and is asked about after them.
    probe.expect(Set.of(tap));
    return sampling.averages(
        probe,
        tap,
        score,
        new Question(selection, chosen),
        (own, some) -> formula.explain(own, some, new SaliencyReport(layer)),
        found -> {
          report.samples(found.samples(), found.effectiveSamples());
          return sampling.judged(formula.explain(probe.layer(tap), found, report));
        });
  }
}
