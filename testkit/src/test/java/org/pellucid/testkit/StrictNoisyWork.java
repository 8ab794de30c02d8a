package org.pellucid.testkit;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.pellucid.api.FeatureMaps;
import org.pellucid.api.NoisyInputs;
import org.pellucid.api.PowerSums;
import org.pellucid.api.engine.NoisyWork;
import org.pellucid.api.engine.Value;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * Noisy copies and sums as an engine might make them, in plain loops: nothing is scaled.
 *
 * @param value takes a tensor over
 * @param open counts sums that were not closed
 */
record StrictNoisyWork(Function<Tensor, Value> value, AtomicInteger open) implements NoisyWork {
  @Override
  public Value copies(NoisyInputs copies, int from, int count) {
    Shape one = copies.shape();
    int size = Math.toIntExact(one.size());
    double[] stacked = new double[size * count];
    for (int i = 0; i < count; i++) {
      System.arraycopy(copies.get(from + i).toDoubleArray(), 0, stacked, i * size, size);
    }
    return value.apply(Tensor.of(one.with(0, one.dim(0) * count), stacked));
  }

  @Override
  public Sums sums(int size, int groups) {
    open.incrementAndGet();
    return new Sums() {
      private final double[] all = new double[3 * size];
      private final double[][] ofGroups = new double[groups][3 * size];
      private int samples;

      @Override
      public void add(Value gradients, FeatureMaps layout, List<PowerSums.Factor> factors) {
        Tensor batch = gradients.toTensor();
        for (int i = 0; i < factors.size(); i++) {
          double[] g = layout.ofSample(batch, i);
          add(all, factors.get(i), g);
          for (int group = 0; group < groups; group++) {
            boolean member = samples % groups == group;
            PowerSums.Factor factor = factors.get(i);
            add(ofGroups[group], member ? factor : new PowerSums.Factor(0, factor.before()), g);
          }
          samples++;
        }
      }

      private void add(double[] sums, PowerSums.Factor factor, double[] g) {
        for (int e = 0; e < 3 * size; e++) {
          double power = Math.pow(g[e % size], 1 + e / size);
          sums[e] = sums[e] * factor.before() + factor.weight() * power;
        }
      }

      @Override
      public PowerSums.Sums read() {
        return new PowerSums.Sums(1, all, ofGroups);
      }

      @Override
      public void close() {
        open.decrementAndGet();
      }
    };
  }
}
