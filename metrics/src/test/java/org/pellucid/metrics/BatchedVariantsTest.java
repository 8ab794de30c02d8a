package org.pellucid.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.api.Inputs;
import org.pellucid.api.Metric;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Options;
import org.pellucid.api.Target;
import org.pellucid.api.Trial;
import org.pellucid.graph.Tensor;
import org.pellucid.testkit.SmallNetwork;
import org.pellucid.testkit.TestTrial;

/** Changed images are the same whether they are made one by one or in a batch of float32. */
class BatchedVariantsTest {
  private final List<Inputs> asked = new ArrayList<>();

  /** An object that is asked for changed images by a method of one name, which are noted. */
  private <T> T noting(Class<T> type, T inner, String method) {
    Object proxy =
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {type},
            (self, called, arguments) -> {
              if (called.getName().equals(method)) {
                asked.add((Inputs) arguments[0]);
              }
              try {
                Object result = called.invoke(inner, arguments);
                return result instanceof ModelProbe probe && inner instanceof Trial
                    ? noting(ModelProbe.class, probe, "variants")
                    : result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
    return type.cast(proxy);
  }

  private void measure(Metric metric, Map<String, String> options) {
    double[] map = new Random(5).doubles(20, -1, 1).toArray();
    TestTrial trial =
        TestTrial.of(SmallNetwork.channelsFirst(), SmallNetwork.image(), Target.top()).withMap(map);
    metric.measure(
        noting(Trial.class, trial, "confidences"), Options.parse(metric.options(), options));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "average-drop",
        "insertion",
        "insertion steps=3 fill=zero",
        "deletion steps=20",
        "deletion fill=mean",
        "infidelity samples=7",
        "infidelity samples=3 change=gaussian",
        "road"
      })
  void batchesHoldTheSame(String words) {
    String[] parts = words.split(" ", -1);
    Metric metric =
        java.util.ServiceLoader.load(Metric.class).stream()
            .map(java.util.ServiceLoader.Provider::get)
            .filter(each -> each.id().equals(parts[0]))
            .findFirst()
            .orElseThrow();
    Map<String, String> options = new java.util.HashMap<>();
    for (String part : List.of(parts).subList(1, parts.length)) {
      options.put(part.split("=", -1)[0], part.split("=", -1)[1]);
    }
    measure(metric, options);
    assertThat(asked).isNotEmpty();
    for (Inputs inputs : asked) {
      List<float[]> oneByOne = new ArrayList<>();
      for (int index = 0; index < inputs.count(); index++) {
        oneByOne.add(inputs.get(index).toFloatArray());
      }
      // In any order, and more than once.
      for (int index = inputs.count() - 1; index > -inputs.count(); index -= 2) {
        int which = Math.abs(index);
        Tensor one = inputs.get(which);
        FloatBuffer batch = FloatBuffer.allocate(one.size());
        inputs.put(which, one.shape(), batch);
        assertThat(batch.hasRemaining()).isFalse();
        assertThat(batch.array()).containsExactly(oneByOne.get(which));
        assertThat(one.toFloatArray()).containsExactly(oneByOne.get(which));
      }
    }
  }
}
