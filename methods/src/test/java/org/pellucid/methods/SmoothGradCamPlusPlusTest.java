package org.pellucid.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.pellucid.methods.SmoothGradCamPlusPlus.FORMULA;
import static org.pellucid.methods.SmoothGradCamPlusPlus.NOISE;
import static org.pellucid.methods.SmoothGradCamPlusPlus.SAMPLES;
import static org.pellucid.methods.SmoothGradCamPlusPlus.SCORE;
import static org.pellucid.methods.SmoothGradCamPlusPlus.SEED;
import static org.pellucid.methods.SmoothGradCamPlusPlus.SIGMA;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pellucid.api.Explainer;
import org.pellucid.api.Inputs;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Noise;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.ScoreScale;
import org.pellucid.api.Selection;
import org.pellucid.api.Status;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.testkit.ArrayProbe;
import org.pellucid.testkit.ExplainerContract;
import org.pellucid.testkit.SaliencyAssert;

class SmoothGradCamPlusPlusTest {
  private static final Selection WHOLE = Selection.of(ArrayProbe.LAYER);
  private static final int MAPS = 3;
  private static final int CELLS = 4;
  private static final Shape LAYER = Shape.of(MAPS, 2, 2);
  private static final double[] BASE = new Random(3).doubles(12, -0.3, 2).toArray();
  private static final double[] SLOPE = new Random(4).doubles(12, -1, 1.5).toArray();

  /** A layer of which activations, gradients and score vary with the image. */
  private static LayerCapture network(Tensor image) {
    double[] a = new double[BASE.length];
    double[] g = new double[a.length];
    double score = 20;
    for (int i = 0; i < a.length; i++) {
      a[i] = Math.max(0, BASE[i] + 0.5 * image.get(i));
      g[i] = SLOPE[i] * (1 + Math.sin(3 * image.get(11 - i)));
      score += a[i] * g[i];
    }
    return new LayerCapture(ArrayProbe.LAYER, LAYER, a, g, score);
  }

  private static ModelProbe probe() {
    double[] image = new Random(5).doubles(12, -1, 1).toArray();
    return ArrayProbe.of(Tensor.of(Shape.of(1, 1, 3, 4), image), i -> network(i));
  }

  private static Saliency explain(ModelProbe probe, Options options) {
    return new SmoothGradCamPlusPlus().explain(probe, WHOLE, options);
  }

  // The formulas, written out again in plain loops without any scaling

  @ParameterizedTest
  @EnumSource
  void averagedDerivatives(ScoreScale score) {
    check(SmoothFormula.CORRECTED, score, SmoothGradCamPlusPlusTest::ofMoments);
  }

  @ParameterizedTest
  @EnumSource
  void averagedDerivativesAsThePaperPrintsThem(ScoreScale score) {
    check(SmoothFormula.PAPER, score, SmoothGradCamPlusPlusTest::ofMoments);
  }

  @ParameterizedTest
  @EnumSource
  void meanOfMaps(ScoreScale score) {
    check(SmoothFormula.MEAN_OF_MAPS, score, SmoothGradCamPlusPlusTest::meanOfMaps);
  }

  private interface Plain {
    double[] map(LayerCapture clean, LayerCapture[] copies, double[] omega, boolean printed);
  }

  private static void check(SmoothFormula formula, ScoreScale score, Plain plain) {
    Noise noise = Noise.level(17, 0.4, 8);
    ModelProbe probe = probe();
    Inputs noisy = probe.noisy(noise);
    LayerCapture[] copies = new LayerCapture[17];
    double[] omega = new double[17];
    for (int m = 0; m < copies.length; m++) {
      copies[m] = network(noisy.get(m));
      omega[m] = score == ScoreScale.EXP ? Math.exp(copies[m].score()) : 1;
    }
    double weights = Arrays.stream(omega).sum();
    double[] normalised = Arrays.stream(omega).map(w -> w / weights).toArray();
    double[] expected =
        plain.map(
            probe.capture(ArrayProbe.LAYER), copies, normalised, formula == SmoothFormula.PAPER);
    Options options =
        Options.DEFAULTS
            .with(SAMPLES, SampleCount.of(17))
            .with(NOISE, 0.4)
            .with(SEED, 8L)
            .with(FORMULA, formula)
            .with(SCORE, score);
    Saliency saliency = explain(probe, options);
    SaliencyAssert.assertThat(saliency)
        .hasStatus(Status.OK)
        .hasMap(Shape.of(2, 2), 1e-12, expected);
    double squares = Arrays.stream(normalised).map(w -> w * w).sum();
    assertThat(saliency.measures().get("effectiveSamples")).isCloseTo(1 / squares, within(1e-9));
  }

  private static double[] ofMoments(
      LayerCapture clean, LayerCapture[] copies, double[] omega, boolean printed) {
    double[] map = new double[CELLS];
    for (int k = 0; k < MAPS; k++) {
      double activation = sum(clean.activations(), k);
      double w = 0;
      for (int i = k * CELLS; i < (k + 1) * CELLS; i++) {
        double d1 = 0;
        double d2 = 0;
        double d3 = 0;
        for (int m = 0; m < copies.length; m++) {
          double g = copies[m].gradients()[i];
          d1 += omega[m] * g;
          d2 += omega[m] * g * g;
          d3 += omega[m] * g * g * g;
        }
        w += (printed ? d1 : d2) / (2 * d2 + activation * d3) * Math.max(0, d1);
      }
      for (int c = 0; c < CELLS; c++) {
        map[c] += w * clean.activations()[k * CELLS + c];
      }
    }
    return map;
  }

  private static double[] meanOfMaps(
      LayerCapture clean, LayerCapture[] copies, double[] omega, boolean printed) {
    double[] map = new double[CELLS];
    for (int m = 0; m < copies.length; m++) {
      double[] one = ofMoments(copies[m], new LayerCapture[] {copies[m]}, new double[] {1}, false);
      for (int c = 0; c < CELLS; c++) {
        map[c] += omega[m] * one[c];
      }
    }
    return map;
  }

  private static double sum(double[] values, int map) {
    return Arrays.stream(values, map * CELLS, (map + 1) * CELLS).sum();
  }

  // Without noise it is Grad-CAM++

  @Test
  void oneCopyWithoutNoiseIsGradCamPlusPlusBitForBit() {
    Saliency plain = new GradCamPlusPlus().explain(probe(), WHOLE, Options.DEFAULTS);
    for (ScoreScale score : ScoreScale.values()) {
      Options one =
          Options.DEFAULTS.with(SAMPLES, SampleCount.of(1)).with(NOISE, 0.0).with(SCORE, score);
      SaliencyAssert.assertThat(explain(probe(), one)).hasSameBitsAs(plain);
      SaliencyAssert.assertThat(explain(probe(), one.with(FORMULA, SmoothFormula.MEAN_OF_MAPS)))
          .hasSameBitsAs(plain);
    }
  }

  @Test
  void manyCopiesWithoutNoiseAreGradCamPlusPlus() {
    Saliency plain = new GradCamPlusPlus().explain(probe(), WHOLE, Options.DEFAULTS);
    for (int samples : new int[] {2, 25, 1000}) {
      for (ScoreScale score : ScoreScale.values()) {
        Options still =
            Options.DEFAULTS
                .with(SAMPLES, SampleCount.of(samples))
                .with(NOISE, 0.0)
                .with(SCORE, score);
        Saliency saliency = explain(probe(), still);
        SaliencyAssert.assertThat(saliency).isCloseTo(plain, 1e-12);
        double largest = Arrays.stream(plain.map().toDoubleArray()).max().orElseThrow();
        assertThat(saliency.standardError().orElseThrow().toDoubleArray())
            .containsExactly(new double[CELLS], within(1e-12 * largest));
      }
    }
  }

  // The error of the map

  @Test
  void theJackknifeOfAMeanIsItsStandardError() {
    int n = 10;
    Options options =
        Options.DEFAULTS
            .with(SAMPLES, SampleCount.of(n))
            .with(NOISE, 0.2)
            .with(FORMULA, SmoothFormula.MEAN_OF_MAPS);
    ModelProbe probe = probe();
    Inputs noisy = probe.noisy(Noise.level(n, 0.2, 0));
    double[][] maps = new double[n][];
    for (int m = 0; m < n; m++) {
      LayerCapture copy = network(noisy.get(m));
      maps[m] = ofMoments(copy, new LayerCapture[] {copy}, new double[] {1}, false);
    }
    double[] error = explain(probe, options).standardError().orElseThrow().toDoubleArray();
    for (int c = 0; c < CELLS; c++) {
      int cell = c;
      double mean = Arrays.stream(maps).mapToDouble(map -> map[cell]).average().orElseThrow();
      double variance =
          Arrays.stream(maps).mapToDouble(map -> (map[cell] - mean) * (map[cell] - mean)).sum()
              / (n - 1);
      assertThat(error[c]).isCloseTo(Math.sqrt(variance / n), within(1e-13));
    }
  }

  @Test
  void theJackknifeTellsHowMapsOfOtherSeedsScatter() {
    Options options = Options.DEFAULTS.with(SAMPLES, SampleCount.of(100)).with(NOISE, 0.15);
    int seeds = 60;
    double[] sum = new double[CELLS];
    double[] squares = new double[CELLS];
    double[] predicted = new double[CELLS];
    for (long seed = 0; seed < seeds; seed++) {
      Saliency saliency = explain(probe(), options.with(SEED, seed));
      for (int c = 0; c < CELLS; c++) {
        double value = saliency.map().get(c);
        sum[c] += value;
        squares[c] += value * value;
        predicted[c] += Math.pow(saliency.standardError().orElseThrow().get(c), 2) / seeds;
      }
    }
    for (int c = 0; c < CELLS; c++) {
      double mean = sum[c] / seeds;
      double scatter = Math.sqrt(squares[c] / seeds - mean * mean);
      // Both are estimates, from 60 seeds and from 10 groups: within a third of one another.
      assertThat(Math.sqrt(predicted[c]) / scatter).isBetween(0.67, 1.5);
    }
  }

  @Test
  void oneSampleHasNoError() {
    assertThat(explain(probe(), Options.DEFAULTS.with(SAMPLES, SampleCount.of(1))).standardError())
        .isEmpty();
    assertThat(explain(probe(), Options.DEFAULTS.with(SAMPLES, SampleCount.of(2))).standardError())
        .isPresent();
  }

  // Options

  @Test
  void sigmaReplacesTheLevel() {
    double[] image = probe().input().toDoubleArray();
    double range =
        Arrays.stream(image).max().orElseThrow() - Arrays.stream(image).min().orElseThrow();
    Saliency relative = explain(probe(), Options.DEFAULTS.with(NOISE, 0.25));
    Saliency absolute = explain(probe(), Options.DEFAULTS.with(SIGMA, 0.25 * range));
    SaliencyAssert.assertThat(absolute).hasSameBitsAs(relative);
    Saliency other = explain(probe(), Options.DEFAULTS.with(NOISE, 0.25).with(SEED, 1L));
    assertThat(other.map().toDoubleArray()).isNotEqualTo(relative.map().toDoubleArray());
  }

  @Test
  void fewSamplesThatDecideAreWarnedAbout() {
    LayerCapture[] copies = new LayerCapture[20];
    for (int m = 0; m < copies.length; m++) {
      copies[m] = new LayerCapture(ArrayProbe.LAYER, LAYER, BASE, SLOPE, m == 7 ? 50 : 0);
    }
    int[] next = {-1};
    // The first run is the clean image's.
    ModelProbe probe =
        ArrayProbe.of(
            Tensor.of(Shape.of(1, 1, 3, 4), new double[12]), i -> copies[(20 + next[0]++) % 20]);
    Saliency saliency =
        explain(
            probe,
            Options.DEFAULTS
                .with(SAMPLES, SampleCount.of(20))
                .with(SCORE, ScoreScale.EXP)
                .with(NOISE, 1.));
    assertThat(saliency.measures().get("effectiveSamples")).isCloseTo(1, within(1e-9));
    assertThat(saliency.warnings()).anyMatch(w -> w.contains("few noisy copies decide"));
  }

  /** The contract in every variant. */
  abstract static class Contract extends ExplainerContract {
    private final Options options;

    Contract(SmoothFormula formula, ScoreScale score) {
      this.options =
          Options.DEFAULTS
              .with(SmoothGradCamPlusPlus.FORMULA, formula)
              .with(SmoothGradCamPlusPlus.SCORE, score);
    }

    @Override
    protected Explainer explainer() {
      return new SmoothGradCamPlusPlus();
    }

    @Override
    protected Options options() {
      return options;
    }
  }

  @Nested
  class Corrected extends Contract {
    Corrected() {
      super(SmoothFormula.CORRECTED, ScoreScale.LOGIT);
    }
  }

  @Nested
  class CorrectedOfExp extends Contract {
    CorrectedOfExp() {
      super(SmoothFormula.CORRECTED, ScoreScale.EXP);
    }
  }

  @Nested
  class Paper extends Contract {
    Paper() {
      super(SmoothFormula.PAPER, ScoreScale.LOGIT);
    }
  }

  @Nested
  class MeanOfMaps extends Contract {
    MeanOfMaps() {
      super(SmoothFormula.MEAN_OF_MAPS, ScoreScale.LOGIT);
    }
  }

  @Nested
  class MeanOfMapsOfExp extends Contract {
    MeanOfMapsOfExp() {
      super(SmoothFormula.MEAN_OF_MAPS, ScoreScale.EXP);
    }
  }
}
