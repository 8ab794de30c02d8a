package org.pellucid.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.pellucid.api.Metric;
import org.pellucid.testkit.MetricContract;

/** Every metric has a contract. */
class MetricsWithContractTest {
  private static final List<Object> TESTS =
      List.of(
          new MaskedImageMetricsTest(),
          new PixelCurveTest(),
          new LocalisationTest(),
          new SharpnessTest(),
          new RoadTest(),
          new FaithfulnessTest(),
          new SanityTest());

  @Test
  void noneIsWithout() throws ReflectiveOperationException {
    List<Class<?>> covered = new ArrayList<>();
    for (Object test : TESTS) {
      for (Class<?> nested : test.getClass().getDeclaredClasses()) {
        if (MetricContract.class.isAssignableFrom(nested)) {
          Constructor<?> constructor = nested.getDeclaredConstructor(test.getClass());
          constructor.setAccessible(true);
          MetricContract contract = (MetricContract) constructor.newInstance(test);
          covered.add(contract.metricUnderTest().getClass());
        }
      }
    }
    List<Class<?>> all = new ArrayList<>();
    for (Metric metric : ServiceLoader.load(Metric.class)) {
      all.add(metric.getClass());
    }
    assertThat(all).hasSizeGreaterThanOrEqualTo(20);
    assertThat(covered).containsExactlyInAnyOrderElementsOf(all);
  }
}
