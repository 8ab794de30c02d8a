package org.pellucid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.pellucid.api.Measurement;
import org.pellucid.api.Metric;
import org.pellucid.api.ObjectMask;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Trial;

/** What the contract of metrics says of sound ones that judge places, and of wrong ones. */
class MetricContractTest {
  private static final Metric.Direction MORE = Metric.Direction.HIGHER_IS_BETTER;
  private static final Metric.Direction LESS = Metric.Direction.LOWER_IS_BETTER;

  /** A metric of the shown map and the objects. */
  private record OfPlaces(
      Metric.Direction direction, ToDoubleBiFunction<double[], ObjectMask> formula)
      implements Metric {
    @Override
    public String id() {
      return "of-places";
    }

    @Override
    public String description() {
      return "Where it lies";
    }

    @Override
    public List<Option<?>> options() {
      return List.of();
    }

    @Override
    public Set<Need> needs() {
      return Set.of(Need.OBJECTS);
    }

    @Override
    public Measurement measure(Trial trial, Options options) {
      return Measurement.of(
          formula.applyAsDouble(trial.shown().toDoubleArray(), ObjectMask.union(trial.objects())));
    }
  }

  private static MetricContract contract(Metric metric, double most) {
    return new MetricContract() {
      @Override
      protected Metric metric() {
        return metric;
      }

      @Override
      protected double[] range() {
        return new double[] {0, most};
      }
    };
  }

  private static void accepts(Metric.Direction direction, Formula formula) {
    MetricContract contract = contract(new OfPlaces(direction, formula), formula.most());
    contract.theMapOfTheObjectIsTheBestOne();
    contract.theMoreLiesOnTheObjectTheBetter();
  }

  private static void refuses(Metric.Direction direction, Formula formula) {
    MetricContract contract = contract(new OfPlaces(direction, formula), formula.most());
    Throwable best = catchThrowable(contract::theMapOfTheObjectIsTheBestOne);
    Throwable more = catchThrowable(contract::theMoreLiesOnTheObjectTheBetter);
    assertThat(best != null || more != null).isTrue();
    for (Throwable thrown : new Throwable[] {best, more}) {
      if (thrown != null) {
        assertThat(thrown).isInstanceOf(AssertionError.class);
      }
    }
  }

  /** What is computed, and the most that it can be. */
  private interface Formula extends ToDoubleBiFunction<double[], ObjectMask> {
    default double most() {
      return 1;
    }
  }

  private static double inside(double[] map, ObjectMask mask) {
    double sum = 0;
    for (int i = 0; i < map.length; i++) {
      sum += mask.contains(i) ? map[i] : 0;
    }
    return sum;
  }

  private static double all(double[] map) {
    return Arrays.stream(map).sum();
  }

  private static double iou(double[] map, ObjectMask mask, double threshold) {
    double both = 0;
    double either = 0;
    for (int i = 0; i < map.length; i++) {
      boolean shown = map[i] >= threshold;
      both += shown && mask.contains(i) ? 1 : 0;
      either += shown || mask.contains(i) ? 1 : 0;
    }
    return both / either;
  }

  private static double distance(double[] map, ObjectMask mask) {
    double sum = 0;
    for (int i = 0; i < map.length; i++) {
      sum += Math.abs(map[i] - (mask.contains(i) ? 1 : 0));
    }
    return sum / map.length;
  }

  @Test
  void soundMetricsPass() {
    accepts(MORE, (map, mask) -> inside(map, mask) / all(map));
    accepts(MORE, (map, mask) -> inside(map, mask) / (all(map) + 1e-7));
    // The best threshold: everything shows the object, too, so that the complement is not 0.
    accepts(
        MORE,
        (map, mask) ->
            DoubleStream.of(0, 0.25, 0.5, 0.75, 1)
                .map(threshold -> iou(map, mask, threshold))
                .max()
                .orElseThrow());
    // Less is better, and 1 is reached by the complement alone.
    accepts(LESS, MetricContractTest::distance);
    accepts(LESS, (map, mask) -> 1 - inside(map, mask) / all(map));
  }

  /** The good end of the range is not always reached, which a metric may say. */
  @Test
  void whatTheMapOfTheObjectIsWorthCanBeSaid() {
    Formula formula = (map, mask) -> inside(map, mask) / (1 + all(map));
    refuses(MORE, formula);
    MetricContract contract =
        new MetricContract() {
          @Override
          protected Metric metric() {
            return new OfPlaces(MORE, formula);
          }

          @Override
          protected double worthOfTheObject() {
            return 6.0 / 7;
          }
        };
    contract.theMapOfTheObjectIsTheBestOne();
    contract.theMoreLiesOnTheObjectTheBetter();
  }

  @Test
  void wrongMetricsFail() {
    // Whatever the map.
    refuses(MORE, (map, mask) -> 1);
    // Outside.
    refuses(MORE, (map, mask) -> 1 - inside(map, mask) / all(map));
    // The other direction.
    refuses(LESS, (map, mask) -> inside(map, mask) / all(map));
    refuses(MORE, MetricContractTest::distance);
    // How large, but not where.
    refuses(
        MORE,
        (map, mask) -> {
          long shown = Arrays.stream(map).filter(value -> value >= 0.5).count();
          return 1 - Math.abs(shown - mask.size()) / 20.0;
        });
    // Rows and columns in the wrong order.
    refuses(
        MORE,
        (map, mask) -> {
          double sum = 0;
          for (int i = 0; i < map.length; i++) {
            sum += mask.contains(i % 4 * 5 + i / 4) ? map[i] : 0;
          }
          return sum / all(map);
        });
    // Half of what it should be.
    refuses(MORE, (map, mask) -> inside(map, mask) / all(map) / 2);
  }
}
