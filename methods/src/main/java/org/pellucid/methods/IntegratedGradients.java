package org.pellucid.methods;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.Gathering;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.ModelProbe;
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
    super(ChannelReduction.SUM, PAPER, STEPS, BASELINE);
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
    Path path = new Path(options.get(BASELINE), options.get(STEPS));
    Field baseline = path.baseline().of(image);
    Field difference = ALGEBRA.sub(image, baseline);
    if (!Degeneracy.finite(difference.values())) {
      return report.degenerate(
          "Some numbers of the input are not finite: there is nothing to show");
    }
    double[] mean = meanGradient(probe, layer, baseline, difference, path);
    Optional<String> degeneracy = Degeneracy.ofGradients(mean);
    if (degeneracy.isPresent()) {
      return report.degenerate(degeneracy.get());
    }
    Field parts = ALGEBRA.mul(difference, layer.field(mean));
    completeness(probe, layer, new Beginning(path.baseline()), baseline, parts, report);
    return report.saliency(reduce(parts, layer, options));
  }

  private record Path(Baseline baseline, int steps) {}

  private record Beginning(Baseline baseline) {}

  private static double[] meanGradient(
      ModelProbe probe, SelectedLayer layer, Field baseline, Field difference, Path path) {
    int steps = path.steps();
    Variants inputs =
        new Variants(
            path,
            steps,
            layer.shape(),
            step -> {
              Field part = ALGEBRA.constant((step + 0.5) / steps);
              return ALGEBRA.add(baseline, ALGEBRA.mul(part, difference)).values();
            });
    Tap tap = probe.inputTap();
    int size = difference.values().length;
    return probe
        .gathered(
            probe.variants(inputs),
            Set.of(tap),
            path,
            asked -> new MeanGradientOfSteps(tap, size, steps))
        .mean();
  }

  /** The mean gradient along a path, of one target. */
  private static final class MeanGradientOfSteps implements Gathering {
    private final Tap tap;
    private final int steps;
    private final double[] mean;

    MeanGradientOfSteps(Tap tap, int size, int steps) {
      this.tap = tap;
      this.steps = steps;
      this.mean = new double[size];
    }

    @Override
    public void add(Map<Tap, LayerCapture> captures) {
      double[] gradients = captures.get(tap).gradients();
      for (int i = 0; i < mean.length; i++) {
        mean[i] += gradients[i] / steps;
      }
    }

    @Override
    public long bytes() {
      return 8L * mean.length;
    }

    double[] mean() {
      return mean;
    }
  }

  private static void completeness(
      ModelProbe probe,
      SelectedLayer layer,
      Beginning beginning,
      Field baseline,
      Field parts,
      SaliencyReport report) {
    double score = probe.target().value(probe.scores().toDoubleArray());
    Variants one = new Variants(beginning, 1, layer.shape(), index -> baseline.values());
    double difference = score - probe.scoresOf(probe.variants(one))[0];
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
