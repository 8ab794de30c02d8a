package org.pellucid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pellucid.api.Measurement;
import org.pellucid.api.Metric;
import org.pellucid.api.ObjectMask;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Target;

/**
 * What every metric must do. Extend it, name the metric, and inherit the proof:
 *
 * <pre>{@code
 * class MyMetricTest extends MetricContract {
 *   @Override
 *   protected Metric metric() {
 *     return new MyMetric();
 *   }
 * }
 * }</pre>
 *
 * <p>It is tried on maps of 4 by 5 pixels of a small network with 2 channels and 3 classes.
 */
public abstract class MetricContract {
  private static final int HEIGHT = 4;
  private static final int WIDTH = 5;

  /** Sums may run in any order. */
  private static final double ROUNDING = 1e-9;

  /** The metric. */
  protected abstract Metric metric();

  /** The metric, for a test that looks for metrics without a contract. */
  public final Metric metricUnderTest() {
    return metric();
  }

  /** The options to test with; the defaults unless overridden. */
  protected Options options() {
    return Options.DEFAULTS;
  }

  /** Whether a map and the same map times a number are equally good. */
  protected boolean ignoresScale() {
    return true;
  }

  /** Least and most that a value can be. */
  protected double[] range() {
    return new double[] {0, 1};
  }

  private static TestTrial scene() {
    return TestTrial.of(SmallNetwork.channelsFirst(), SmallNetwork.image(), Target.top());
  }

  /** An object of six pixels, rows 1 and 2, columns 1 to 3. */
  private static ObjectMask object() {
    BitSet pixels = new BitSet();
    IntStream.of(6, 7, 8, 11, 12, 13).forEach(pixels::set);
    return ObjectMask.of(HEIGHT, WIDTH, pixels);
  }

  private static TestTrial annotated() {
    return scene().withObjects(object());
  }

  private Measurement measure(TestTrial trial) {
    return metric().measure(trial, options());
  }

  private boolean needsObjects() {
    return metric().needs().contains(Metric.Need.OBJECTS)
        || metric().needs().contains(Metric.Need.OUTLINES);
  }

  @Test
  void isAServiceUnderItsOwnName() {
    assertThat(ServiceLoader.load(Metric.class).stream().map(ServiceLoader.Provider::type))
        .anyMatch(type -> type.equals(metric().getClass()));
    assertThat(metric().id()).matches("[a-z0-9]+(-[a-z0-9]+)*");
    assertThat(metric().description()).isNotBlank().doesNotEndWith(".");
    assertThat(metric().direction()).isNotNull();
  }

  @Test
  void optionsReadTheirOwnDefaults() {
    Set<String> names = new HashSet<>();
    for (Option<?> option : metric().options()) {
      assertThat(names.add(option.name())).as("one option called %s", option.name()).isTrue();
      assertThat(option.name()).matches("[a-z0-9]+(-[a-z0-9]+)*");
      assertThat(option.meaning()).isNotBlank();
      assertThat((Object) option.parse(Option.text(option.defaultValue())))
          .isEqualTo(option.defaultValue());
    }
  }

  @Test
  void asksForNoMoreThanItSays() {
    TestTrial trial = annotated();
    measure(trial);
    Set<Metric.Need> allowed = EnumSet.noneOf(Metric.Need.class);
    allowed.addAll(metric().needs());
    if (needsObjects()) {
      allowed.add(Metric.Need.OBJECTS);
    }
    assertThat(allowed).containsAll(trial.asked());
  }

  @Test
  void equalQuestionsHaveEqualAnswers() {
    assertThat(measure(annotated())).isEqualTo(measure(annotated()));
    TestTrial same = annotated();
    assertThat(measure(same)).isEqualTo(measure(same));
  }

  @Test
  void valuesLieWithinTheRange() {
    Random random = new Random(3);
    for (int round = 0; round < 5; round++) {
      Measurement found =
          measure(annotated().withMap(random.doubles(HEIGHT * WIDTH, -1, 1).toArray()));
      assertThat(found.value()).as(found.reason()).isPresent();
      assertThat(found.value().getAsDouble())
          .isBetween(range()[0] - ROUNDING, range()[1] + ROUNDING);
    }
  }

  @Test
  void aMapOfNothingHasAValueOrAReason() {
    // Either is an answer, and none may fail.
    Measurement found = measure(annotated().withMap(new double[HEIGHT * WIDTH]));
    found
        .value()
        .ifPresent(
            value -> assertThat(value).isBetween(range()[0] - ROUNDING, range()[1] + ROUNDING));
  }

  @Test
  void mapsAreNotChanged() {
    TestTrial trial = annotated();
    double[] signed = trial.signed().toDoubleArray();
    double[] shown = trial.shown().toDoubleArray();
    measure(trial);
    assertThat(trial.signed().toDoubleArray()).isEqualTo(signed);
    assertThat(trial.shown().toDoubleArray()).isEqualTo(shown);
  }

  @Test
  void scaleDoesNotMatter() {
    assumeTrue(ignoresScale());
    TestTrial one = annotated();
    TestTrial other =
        annotated()
            .withMethod(
                (probe, seed) ->
                    Arrays.stream(annotated().signed().toDoubleArray())
                        .map(value -> 1024 * value)
                        .toArray());
    // The second is a fixed map, which explanations of changed images show.
    assumeTrue(!metric().needs().contains(Metric.Need.EXPLANATIONS));
    assertThat(measure(other).value().orElseThrow())
        .isCloseTo(measure(one).value().orElseThrow(), within(ROUNDING));
  }

  @Test
  void withoutObjectsThereIsAReason() {
    assumeTrue(needsObjects());
    Measurement found = measure(scene());
    assertThat(found.value()).isEmpty();
    assertThat(found.reason()).isEqualTo("no object of the class");
  }

  @Test
  void boxesDoNotServeWhereOutlinesAreNeeded() {
    assumeTrue(metric().needs().contains(Metric.Need.OUTLINES));
    Measurement found = measure(scene().withObjects(ObjectMask.box(HEIGHT, WIDTH, 1, 1, 2, 3)));
    assertThat(found.value()).isEmpty();
    assertThat(found.reason()).contains("only boxes");
  }

  @Test
  void theMapOfTheObjectIsTheBestOne() {
    assumeTrue(needsObjects());
    double[] best = new double[HEIGHT * WIDTH];
    double[] worst = new double[HEIGHT * WIDTH];
    for (int i = 0; i < best.length; i++) {
      best[i] = object().contains(i) ? 1 : 0;
      worst[i] = 1 - best[i];
    }
    assertThat(measure(annotated().withMap(best)).value()).hasValue(range()[1]);
    assertThat(measure(annotated().withMap(worst)).value()).hasValue(range()[0]);
  }
}
