package org.pellucid.api;

import java.util.Objects;
import java.util.OptionalInt;
import org.pellucid.graph.gradient.GradientRules;

/**
 * How a model is loaded into a backend.
 *
 * @param device where it runs
 * @param precision its arithmetic
 * @param threads threads that compute: within an operation, or, where the engine runs several
 *     samples at once, beside each other with a sample each; empty leaves it to the engine
 * @param deterministic whether equal questions must have bitwise equal answers, at a cost
 * @param memoryBudget bytes that one forward pass with what backward needs should stay under; the
 *     probe sizes its batches by it. The default's leaves it to backends whose devices have memory
 *     of their own to take more or less, by what is there
 * @param rules how gradients are taken: as they are, or by the rules of a method that changes them
 * @since 0.1.0
 */
public record LoadOptions(
    Device device,
    Precision precision,
    OptionalInt threads,
    boolean deterministic,
    long memoryBudget,
    GradientRules rules) {
  /** The CPU in float32, the engine's threads, a budget of 1 GiB, true gradients. */
  public static final LoadOptions DEFAULT =
      new LoadOptions(
          Device.CPU,
          Precision.FLOAT32,
          OptionalInt.empty(),
          false,
          1L << 30,
          GradientRules.STANDARD);

  /** All parts are required. */
  public LoadOptions {
    Objects.requireNonNull(device, "device");
    Objects.requireNonNull(precision, "precision");
    Objects.requireNonNull(threads, "threads");
    Objects.requireNonNull(rules, "rules");
    if (threads.isPresent() && threads.getAsInt() < 1) {
      throw new InvalidRequestException("Threads are at least 1, found " + threads.getAsInt());
    }
    if (memoryBudget < 1) {
      throw new InvalidRequestException("A memory budget is positive, found " + memoryBudget);
    }
  }

  /** The same with another precision. */
  public LoadOptions with(Precision other) {
    return new LoadOptions(device, other, threads, deterministic, memoryBudget, rules);
  }

  /** The same on another device. */
  public LoadOptions with(Device other) {
    return new LoadOptions(other, precision, threads, deterministic, memoryBudget, rules);
  }

  /** The same with a number of threads. */
  public LoadOptions withThreads(int count) {
    return new LoadOptions(
        device, precision, OptionalInt.of(count), deterministic, memoryBudget, rules);
  }

  /** The same with the deterministic mode switched. */
  public LoadOptions withDeterministic(boolean on) {
    return new LoadOptions(device, precision, threads, on, memoryBudget, rules);
  }

  /** The same with another memory budget in bytes. */
  public LoadOptions withMemoryBudget(long bytes) {
    return new LoadOptions(device, precision, threads, deterministic, bytes, rules);
  }

  /** The same with gradients by other rules. */
  public LoadOptions with(GradientRules other) {
    return new LoadOptions(device, precision, threads, deterministic, memoryBudget, other);
  }
}
