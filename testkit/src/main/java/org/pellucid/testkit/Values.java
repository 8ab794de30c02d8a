package org.pellucid.testkit;

import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** Seeded values for tests. Floating ones are exact in float32 and, being drawn, do not tie. */
public final class Values {
  private final Random random;

  /** Values from a seed. */
  public Values(long seed) {
    this.random = new Random(seed);
  }

  /** Numbers around zero, from -2.5 to 2.5. */
  public Tensor signed(int... dims) {
    return floats(u -> 5 * u - 2.5, dims);
  }

  /** Numbers from 0.3 to 3. */
  public Tensor positive(int... dims) {
    return floats(u -> 2.7 * u + 0.3, dims);
  }

  /** Numbers made from uniform ones between 0 and 1. */
  public Tensor floats(DoubleUnaryOperator from, int... dims) {
    double[] values = new double[(int) Shape.of(dims).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) from.applyAsDouble(random.nextDouble());
    }
    return Tensor.of(Shape.of(dims), values);
  }

  /** Integers of a range, both ends included. */
  public Tensor integers(int from, int to, int... dims) {
    long[] values = new long[(int) Shape.of(dims).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = between(from, to);
    }
    return Tensor.of(Shape.of(dims), values);
  }

  /** Truth values. */
  public Tensor truths(int... dims) {
    byte[] values = new byte[(int) Shape.of(dims).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) between(0, 1);
    }
    return Tensor.of(Shape.of(dims), values);
  }

  /** An integer of a range, both ends included. */
  public int between(int from, int to) {
    return from + random.nextInt(to - from + 1);
  }

  /** True half of the time. */
  public boolean coin() {
    return random.nextBoolean();
  }
}
