package org.pellucid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
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

  /** Some metrics add a small number to what they divide by. */
  private static final double SMOOTHING = 1e-6;

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

  /**
   * What the map is worth that is 1 on the object and 0 elsewhere: the good end of the range,
   * unless a metric cannot reach it.
   */
  protected double worthOfTheObject() {
    return range()[metric().direction() == Metric.Direction.HIGHER_IS_BETTER ? 1 : 0];
  }

  /**
   * Maps of 4 by 5 pixels that are 0 on the object, rows 1 and 2 of columns 1 to 3, and worse than
   * its own: everything else; and as many pixels above and below it. A metric that forgives
   * distances names maps that are far enough away, if its options cannot make it strict.
   */
  protected List<double[]> mapsBesideTheObject() {
    double[] around = Arrays.stream(mapOfTheObject()).map(value -> 1 - value).toArray();
    double[] shifted = new double[HEIGHT * WIDTH];
    IntStream.of(1, 2, 3, 16, 17, 18).forEach(pixel -> shifted[pixel] = 1);
    return List.of(around, shifted);
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

  /** No map is better than that of the object, and one that is elsewhere is worse. */
  @Test
  void theMapOfTheObjectIsTheBestOne() {
    assumeTrue(judgesPlaces());
    double best = worth(mapOfTheObject());
    assertThat(best).as("the map of the object").isCloseTo(worthOfTheObject(), within(SMOOTHING));
    for (double[] elsewhere : mapsBesideTheObject()) {
      assertThat(goodness(worth(elsewhere)))
          .as("a map that is 0 on the object, %s", Arrays.toString(elsewhere))
          .isLessThan(goodness(best) - SMOOTHING);
    }
    Random random = new Random(11);
    for (int round = 0; round < 20; round++) {
      double[] other = random.doubles(HEIGHT * WIDTH, -1, 1).toArray();
      measure(annotated().withMap(other))
          .value()
          .ifPresent(
              value ->
                  assertThat(goodness(value))
                      .as("a random map, %s", Arrays.toString(other))
                      .isLessThanOrEqualTo(goodness(best) + ROUNDING));
    }
  }

  /** A map that moves onto the object does not become worse on its way. */
  @Test
  void theMoreLiesOnTheObjectTheBetter() {
    assumeTrue(judgesPlaces());
    double[] on = mapOfTheObject();
    for (double[] off : mapsBesideTheObject()) {
      double before = Double.NEGATIVE_INFINITY;
      // Not half and half, where pixels on the object and off it are equal and their order is
      // drawn.
      for (double part : new double[] {0, 0.2, 0.4, 0.6, 0.8, 1}) {
        double[] map = new double[on.length];
        Arrays.setAll(map, i -> part * on[i] + (1 - part) * off[i]);
        double now = goodness(worth(map));
        assertThat(now)
            .as("%s of the map on the object", part)
            .isGreaterThanOrEqualTo(before - ROUNDING);
        before = now;
      }
    }
  }

  private boolean judgesPlaces() {
    return needsObjects() && metric().direction() != Metric.Direction.NEITHER;
  }

  private double worth(double... map) {
    Measurement found = measure(annotated().withMap(map));
    assertThat(found.value()).as(found.reason()).isPresent();
    return found.value().getAsDouble();
  }

  /** The more, the better. */
  private double goodness(double value) {
    return metric().direction() == Metric.Direction.HIGHER_IS_BETTER ? value : -value;
  }

  private static double[] mapOfTheObject() {
    return IntStream.range(0, HEIGHT * WIDTH)
        .mapToDouble(i -> object().contains(i) ? 1 : 0)
        .toArray();
  }
}
