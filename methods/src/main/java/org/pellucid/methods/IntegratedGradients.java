package org.pellucid.methods;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.Inputs;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Noise;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.Tap;
import org.pellucid.api.explain.Degeneracy;
import org.pellucid.api.explain.SaliencyReport;
import org.pellucid.api.explain.SelectedLayer;

/**
 * Integrated gradients. With the input x [C, h, w], a baseline x', and n steps along the straight
 * line between them,
 *
 * <pre>
 * map_ij = sum_c (x_cij - x'_cij) 1/n sum_m dS/dx_cij (x' + (m - 1/2)/n (x - x')), m = 1 to n
 * </pre>
 *
 * <p>M. Sundararajan, A. Taly, Q. Yan: "Axiomatic attribution for deep networks", ICML 2017, arXiv
 * 1703.01365 (source: secondary). The integral is taken by the midpoint rule. For the exact
 * integral the map's sum is S(x) - S(x') (completeness); how far the sum over all channels and
 * pixels is from that is the measure {@code completenessDelta}, beside {@code scoreDifference}, and
 * there is a warning where it is more than a twentieth. Both hold for the whole input, whatever is
 * selected of it and however its channels are reduced.
 *
 * <p>{@link CleanGradientMethod#SMOOTHING} averages the maps of noisy copies x_m of the image, each
 * with a path of its own from x', as D. Smilkov et al. 2017 (arXiv 1706.03825) do of these maps
 * too; the sum is then the mean of S(x_m) less S(x').
 *
 * <p>What is as in the baseline has no evidence: with {@link Baseline#ZERO}, pixels of the mean
 * colour, where the model's preset takes the mean away.
 */
public final class IntegratedGradients extends InputGradientMethod {
  private static final String PAPER = "Sundararajan et al. 2017, https://arxiv.org/abs/1703.01365";

  /** The steps of the integral. */
  public static final Option<Integer> STEPS =
      Option.integer("steps", 50, 1, 10_000, "How many steps the integral is summed over", PAPER);

  /** Where the path begins. */
  public static final Option<Baseline> BASELINE =
      Option.choice(
          "baseline",
          Baseline.ZERO,
          "The input that the path begins at: zeros, or the mean of each channel of the image",
          PAPER);

  /** More of the score's difference than this is a failure of the sum to be the integral. */
  private static final double INCOMPLETE = 0.05;

  /** The method; it has no state. */
  public IntegratedGradients() {
    super(
        ChannelReduction.SUM,
        PAPER,
        Stream.concat(
                Stream.<Option<?>>of(STEPS, BASELINE),
                Stream.of(CleanGradientMethod.SMOOTHING_OPTIONS))
            .toArray(Option<?>[]::new));
  }

  @Override
  public String id() {
    return "integrated-gradients";
  }

  @Override
  public String description() {
    return "Gradients summed along a path from a baseline to the image (Sundararajan et al. 2017,"
        + " https://arxiv.org/abs/1703.01365)";
  }

  @Override
  public Saliency explain(ModelProbe probe, Selection selection, Options options) {
    SelectedLayer layer = SelectedLayer.ofInput(id(), selection, probe);
    layer.mapsByIndex(id());
    SaliencyReport report = SaliencyReport.withoutTable(layer);
    Field image = layer.field(probe.inputMaps().toDoubleArray());
    Field baseline = options.get(BASELINE).of(image);
    if (!Degeneracy.finite(ALGEBRA.sub(image, baseline).values())) {
      return report.degenerate(
          "Some numbers of the input are not finite: there is nothing to show");
    }
    int smoothing = options.get(CleanGradientMethod.SMOOTHING);
    Optional<Noise> noise =
        smoothing == 0 ? Optional.empty() : Optional.of(NoiseOptions.noise(smoothing, options));
    Paths paths =
        new Paths(new Question(options.get(BASELINE), options.get(STEPS), noise), layer, baseline);
    PathIntegral integral = paths.integral(probe);
    if (integral.degeneracy().isPresent()) {
      return report.degenerate(integral.degeneracy().get());
    }
    noise.ifPresent(copies -> report.measure("samples", copies.samples()));
    completeness(paths.scoreDifference(probe), integral.parts(), report);
    return report.saliency(reduce(integral.parts(), layer, options));
  }

  private record Question(Baseline baseline, int steps, Optional<Noise> noise) {}

  private record Beginning(Baseline baseline) {}

  /** The paths from the baseline to the image, or to each of its noisy copies. */
  private record Paths(Question question, SelectedLayer layer, Field baseline) {
    private Inputs ends(ModelProbe probe) {
      return question
          .noise()
          .map(probe::noisyMaps)
          .orElseGet(
              () -> new Variants(1, layer.shape(), index -> probe.inputMaps().toDoubleArray()));
    }

    PathIntegral integral(ModelProbe probe) {
      Inputs ends = ends(probe);
      int steps = question.steps();
      Variants inputs =
          new Variants(
              question,
              ends.count() * steps,
              layer.shape(),
              index -> {
                Field end = layer.field(ends.get(index / steps).toDoubleArray());
                Field part = ALGEBRA.constant((index % steps + 0.5) / steps);
                Field way = ALGEBRA.mul(part, ALGEBRA.sub(end, baseline));
                return ALGEBRA.add(baseline, way).values();
              });
      Tap tap = probe.inputTap();
      return probe.gathered(
          probe.variants(inputs),
          Set.of(tap),
          question,
          asked -> new PathIntegral(tap, steps, ends, layer, baseline));
    }

    /** By how much the score at the paths' ends is above that at their beginning, on average. */
    double scoreDifference(ModelProbe probe) {
      double score =
          question
              .noise()
              .map(noise -> Arrays.stream(probe.scoresOf(probe.noisy(noise))).average())
              .orElseGet(
                  () -> OptionalDouble.of(probe.target().value(probe.scores().toDoubleArray())))
              .orElseThrow();
      Variants one =
          new Variants(
              new Beginning(question.baseline()), 1, layer.shape(), index -> baseline.values());
      return score - probe.scoresOf(probe.variants(one))[0];
    }
  }

  private static void completeness(double difference, Field parts, SaliencyReport report) {
    double delta = ALGEBRA.sumMaps(ALGEBRA.sumCells(parts)).number() - difference;
    if (!Double.isFinite(delta)) {
      return;
    }
    report.measure("scoreDifference", difference);
    report.measure("completenessDelta", delta);
    if (Math.abs(delta) > INCOMPLETE * Math.abs(difference)) {
      report.warn(
          String.format(
              Locale.ROOT,
              "The map adds up to %.4g, where the score differs from the baseline's by %.4g; more"
                  + " steps bring them together",
              difference + delta,
              difference));
    }
  }
}
