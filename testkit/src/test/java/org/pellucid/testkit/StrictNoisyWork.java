package org.pellucid.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.pellucid.api.FeatureMaps;
import org.pellucid.api.NoisyInputs;
import org.pellucid.api.PowerSums;
import org.pellucid.api.engine.Engine;
import org.pellucid.api.engine.NoisyWork;
import org.pellucid.api.engine.Value;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * Noisy copies and sums as an engine might make them, in plain loops: nothing is scaled. With an
 * engine for formulas it makes averages, too, and sums may rest.
 *
 * @param value takes a tensor over
 * @param backend counts sums that were not closed, and what was broken
 * @param formulas computes formulas
 */
record StrictNoisyWork(
    Function<Tensor, Value> value, StrictBackend backend, Optional<Engine> formulas)
    implements NoisyWork {
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
  public Value copy(Value held) {
    if (formulas.isEmpty()) {
      backend.broken.add("what computes no formulas copies nothing for them");
    }
    return value.apply(held.toTensor());
  }

  @Override
  public Sums sums(int size, int groups) {
    backend.openValues.incrementAndGet();
    backend.sums.incrementAndGet();
    return new Sums() {
      private final double[] all = new double[3 * size];
      private final double[][] ofGroups = new double[groups][3 * size];
      private int samples;
      private boolean open = true;

      private void requireOpen(String what) {
        if (!open) {
          backend.broken.add("sums are open: " + what);
        }
      }

      @Override
      public void add(Value gradients, FeatureMaps layout, List<PowerSums.Factor> factors) {
        requireOpen("added to");
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
        requireOpen("read");
        return new PowerSums.Sums(1, all, ofGroups);
      }

      @Override
      public Averages averages(Shape maps, List<PowerSums.Part> parts) {
        requireOpen("averaged");
        if (parts.isEmpty() || parts.size() > 16) {
          backend.broken.add("1 to 16 averages are asked for, not " + parts.size());
        }
        Shape shape = Shape.of(parts.size(), maps.dim(0), maps.dim(1));
        List<Value> powers = new ArrayList<>();
        for (int power = 0; power < 3; power++) {
          double[] averages = new double[parts.size() * size];
          for (int i = 0; i < averages.length; i++) {
            PowerSums.Part part = parts.get(i / size);
            averages[i] = sum(part.without(), power * size + i % size) / part.weight();
          }
          powers.add(value(Tensor.of(shape, averages)));
        }
        Tensor scale = Tensor.of(Shape.of(1, 1, 1), 1.0);
        return new Averages(powers.get(0), powers.get(1), powers.get(2), value(scale));
      }

      @Override
      public Value maps(Value activations, FeatureMaps layout) {
        requireOpen("asked for maps");
        backend.mapsInEngine.incrementAndGet();
        int maps = layout.shape().dim(0);
        double[] values = layout.ofSample(activations.toTensor(), 0);
        return value(Tensor.of(Shape.of(1, maps, size / maps), values));
      }

      private Value value(Tensor tensor) {
        return formulas.get().value(tensor);
      }

      private double sum(int without, int element) {
        if (without < 0) {
          return all[element];
        }
        double rest = 0;
        for (int group = 0; group < groups; group++) {
          rest += group == without ? 0 : ofGroups[group][element];
        }
        return rest;
      }

      @Override
      public boolean rest() {
        requireOpen("laid to rest");
        if (formulas.isPresent()) {
          close();
          return true;
        }
        return false;
      }

      @Override
      public boolean reopen() {
        if (open) {
          backend.broken.add("sums rest when they are opened again");
        }
        if (backend.givesUp) {
          return false;
        }
        open = true;
        backend.openValues.incrementAndGet();
        return true;
      }

      @Override
      public void close() {
        requireOpen("closed");
        open = false;
        backend.openValues.decrementAndGet();
      }
    };
  }
}
