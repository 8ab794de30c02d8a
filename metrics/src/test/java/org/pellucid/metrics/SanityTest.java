package org.pellucid.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.pellucid.api.Measurement;
import org.pellucid.api.Metric;
import org.pellucid.api.Options;
import org.pellucid.api.Target;
import org.pellucid.testkit.MetricContract;
import org.pellucid.testkit.SmallNetwork;
import org.pellucid.testkit.TestTrial;

/** Whether maps depend on what they should, and on nothing else. */
class SanityTest {
  private static TestTrial trial() {
    return TestTrial.of(SmallNetwork.channelsFirst(), SmallNetwork.image(), Target.top());
  }

  private static Measurement measure(Metric metric, TestTrial trial, Map<String, String> options) {
    return metric.measure(trial, Options.parse(metric.options(), options));
  }

  @Test
  void weightsAreFoundFromTheScoresDownwards() {
    assertThat(ParameterRandomisation.weights(SmallNetwork.channelsFirst()))
        .containsExactly("classifier", "conv2/weight", "conv/weight");
  }

  @Test
  void aMapThatDependsOnTheNetworkChangesWithIt() {
    ParameterRandomisation metric = new ParameterRandomisation();
    Measurement gradients = measure(metric, trial(), Map.of());
    assertThat(gradients.curve()).hasSize(3);
    assertThat(gradients.value().orElseThrow()).isLessThan(0.7);
    // What finds edges, say, says the same of every network.
    double[] fixed = new Random(5).doubles(20).toArray();
    Measurement image = measure(metric, trial().withMap(fixed), Map.of());
    assertThat(image.curve()).containsExactly(1.0, 1.0, 1.0);
    assertThat(image.value()).hasValue(1);
    // Other draws, other numbers; more stages than layers are as many as there are.
    assertThat(measure(metric, trial(), Map.of("seed", "1")).curve())
        .isNotEqualTo(gradients.curve());
    assertThat(measure(metric, trial(), Map.of("stages", "50")).curve()).hasSize(3);
  }

  @Test
  void onlyTheUpperLayersAreDrawnAtFirst() {
    // The activations at the first convolution do not depend on what is above it.
    TestTrial below =
        trial()
            .withMethod(
                (probe, seed) -> {
                  double[] activations =
                      probe.activations(SmallNetwork.LAYER).activations().clone();
                  double[] map = new double[20];
                  System.arraycopy(activations, 0, map, 0, 20);
                  return map;
                });
    assertThat(measure(new ParameterRandomisation(), below, Map.of()).curve().subList(0, 2))
        .containsExactly(1.0, 1.0);
    assertThat(measure(new ParameterRandomisation(), below, Map.of()).curve().get(2))
        .isLessThan(0.9);
  }

  @Test
  void stabilityOverSeeds() {
    assertThat(measure(new SeedStability(), trial(), Map.of()).value()).hasValue(1);
    TestTrial random =
        trial().withSeededMethod((probe, seed) -> new Random(seed).doubles(20).toArray());
    // Rank correlations of 20 independent numbers scatter by 1 / sqrt(19) = 0.23, the mean of the
    // pairs of 20 maps by less than a twelfth of that.
    assertThat(measure(new SeedStability(), random, Map.of("seeds", "20")).value().orElseThrow())
        .isBetween(-0.1, 0.1);
    TestTrial shifted =
        trial()
            .withSeededMethod(
                (probe, seed) -> {
                  double[] map = new Random(2).doubles(20).toArray();
                  map[0] += seed;
                  return map;
                });
    assertThat(measure(new SeedStability(), shifted, Map.of()).value().orElseThrow())
        .isBetween(0.4, 1.0);
  }

  @Nested
  class ParameterRandomisationContract extends MetricContract {
    @Override
    protected Metric metric() {
      return new ParameterRandomisation();
    }
  }

  @Nested
  class SeedStabilityContract extends MetricContract {
    @Override
    protected Metric metric() {
      return new SeedStability();
    }

    @Override
    protected double[] range() {
      return new double[] {-1, 1};
    }
  }
}
