package org.pellucid.methods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.api.Explainer;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.SampleSteps;
import org.pellucid.api.Selection;
import org.pellucid.api.Tap;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.testkit.ArrayProbe;

/** As many samples as it takes. */
class SamplingTest {
  private static final double[] SLOPE = new Random(4).doubles(12, -1, 1.5).toArray();

  /** Activations and gradients that vary with the image, and a score whose gradient does. */
  private static ModelProbe probe() {
    double[] image = new Random(5).doubles(12, -1, 1).toArray();
    return ArrayProbe.of(
        Tensor.of(Shape.of(1, 1, 3, 4), image),
        variant -> {
          double[] a = new double[12];
          double[] g = new double[12];
          double score = 20;
          for (int i = 0; i < a.length; i++) {
            a[i] = Math.max(0, 1 + 0.5 * variant.get(i));
            g[i] = SLOPE[i] * (1 + Math.sin(3 * variant.get(11 - i)));
            score += a[i] * g[i];
          }
          return new LayerCapture(ArrayProbe.LAYER, Shape.of(3, 2, 2), a, g, score);
        });
  }

  private static Stream<Arguments> methods() {
    return Stream.of(
        Arguments.of(new SmoothGradCamPlusPlus(), ArrayProbe.LAYER, SmoothFormula.CORRECTED),
        Arguments.of(new SmoothGradCamPlusPlus(), ArrayProbe.LAYER, SmoothFormula.PAPER),
        Arguments.of(new SmoothGradCamPlusPlus(), ArrayProbe.LAYER, SmoothFormula.MEAN_OF_MAPS),
        Arguments.of(new SmoothGrad(), ArrayProbe.INPUT, SmoothFormula.CORRECTED),
        Arguments.of(new SquareGrad(), ArrayProbe.INPUT, SmoothFormula.CORRECTED));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void samples_are_added_until_the_error_is_small_enough(
      Explainer method, Tap tap, SmoothFormula formula) {
    Options options = Options.DEFAULTS.with(SmoothGradCamPlusPlus.FORMULA, formula);
    List<Integer> used = new ArrayList<>();
    for (double tolerance : new double[] {1, 0.3, 0.1}) {
      Saliency found =
          method.explain(
              probe(),
              Selection.of(tap),
              options
                  .with(NoiseOptions.SAMPLES, SampleCount.AUTO)
                  .with(NoiseOptions.TOLERANCE, tolerance));
      int samples = found.measures().get("samples").intValue();
      used.add(samples);
      assertThat(found.measures().get("relativeError"))
          .isEqualTo(error(found))
          .isLessThanOrEqualTo(tolerance / (1 + 30.0 / samples));
      // The same as if so many had been asked for; this probe then adds in another order.
      Saliency fixed = fixed(method, tap, options, samples);
      assertThat(found.map().toDoubleArray())
          .containsExactly(fixed.map().toDoubleArray(), within(1e-12));
      assertThat(found.standardError().orElseThrow().toDoubleArray())
          .containsExactly(fixed.standardError().orElseThrow().toDoubleArray(), within(1e-12));
      // And at no step before that would it have been good enough.
      for (int step = 10; step < samples; step = SampleSteps.after(step, 1000)) {
        assertThat((1 + 30.0 / step) * error(fixed(method, tap, options, step)))
            .isGreaterThan(tolerance);
      }
    }
    assertThat(used).isSorted().startsWith(10);
    assertThat(used.get(2)).isGreaterThan(10);
  }

  private static Saliency fixed(Explainer method, Tap tap, Options options, int samples) {
    return method.explain(
        probe(), Selection.of(tap), options.with(NoiseOptions.SAMPLES, SampleCount.of(samples)));
  }

  private static double error(Saliency saliency) {
    return largest(saliency.standardError().orElseThrow()) / largest(saliency.map());
  }

  private static double largest(Tensor tensor) {
    return Arrays.stream(tensor.toDoubleArray()).map(Math::abs).max().orElseThrow();
  }

  @Test
  void a_map_that_does_not_settle_has_a_warning() {
    Options options =
        Options.DEFAULTS
            .with(NoiseOptions.SAMPLES, SampleCount.AUTO)
            .with(NoiseOptions.TOLERANCE, 1e-6);
    Saliency found =
        new SmoothGradCamPlusPlus().explain(probe(), Selection.of(ArrayProbe.LAYER), options);
    assertThat(found.measures()).containsEntry("samples", 1000.0);
    assertThat(found.warnings()).anyMatch(line -> line.startsWith("After 1000 samples"));
  }

  @Test
  void without_noise_ten_are_enough() {
    Options options =
        Options.DEFAULTS
            .with(NoiseOptions.SAMPLES, SampleCount.AUTO)
            .with(NoiseOptions.NOISE, 0.0)
            .with(NoiseOptions.TOLERANCE, 1e-6);
    Saliency found =
        new SmoothGradCamPlusPlus().explain(probe(), Selection.of(ArrayProbe.LAYER), options);
    assertThat(found.measures()).containsEntry("samples", 10.0);
    assertThat(found.warnings()).isEmpty();
  }

  @Test
  void steps_are_tens_and_a_quarter_more() {
    List<Integer> steps = new ArrayList<>();
    for (int step = 0; step < 1000; step = SampleSteps.after(step, 1000)) {
      steps.add(step);
    }
    assertThat(steps).startsWith(0, 10, 20, 30, 40, 50, 60, 70, 80, 100, 120, 150, 180);
    assertThat(steps).allMatch(step -> step % 10 == 0);
    assertThat(SampleSteps.after(0, 7)).isEqualTo(7);
    assertThat(SampleSteps.after(900, 1000)).isEqualTo(1000);
  }

  @Test
  void counts_are_numbers_or_auto() {
    assertThat(NoiseOptions.SAMPLES.parse(" Auto ")).isEqualTo(SampleCount.AUTO);
    assertThat(NoiseOptions.SAMPLES.parse("25")).isEqualTo(SampleCount.of(25));
    assertThat(SampleCount.AUTO).hasToString("auto");
    assertThat(SampleCount.of(3)).hasToString("3");
    for (String text : List.of("0", "10001", "x", "")) {
      assertThatThrownBy(() -> NoiseOptions.SAMPLES.parse(text))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("1 to 10000 | auto");
    }
  }
}
