package org.pellucid.graph;

import java.util.Optional;

/**
 * Whether, and how, a graph written for some samples (usually one) runs for another number of
 * samples. Samples are propagated symbolically through every operation ({@link Operation#samples});
 * only when each of them keeps the samples apart may they travel together.
 */
public final class Batching {
  private Batching() {}

  /** Analyses a graph whose inputs all stack samples along axis 0. */
  public static Batching of(ModelGraph graph) {
    throw new UnsupportedOperationException();
  }

  /** The number of samples the graph was written for: axis 0 of its inputs. */
  public int samples() {
    throw new UnsupportedOperationException();
  }

  /** Why samples cannot travel together: a sentence naming the node; empty when they can. */
  public Optional<String> obstacle() {
    throw new UnsupportedOperationException();
  }

  /**
   * The axis of a tensor along which samples are stacked (the sample being the outermost factor of
   * its length), or {@link Samples#NONE} when it is the same for all samples.
   */
  public int axis(String tensor) {
    throw new UnsupportedOperationException();
  }

  /**
   * The graph for another number of samples; same names, shared constants. Kept for the last few
   * numbers asked for. The graph itself for {@link #samples()}.
   *
   * @throws UnsupportedModelException if there is an obstacle and {@code samples} differs
   */
  public ModelGraph at(int samples) {
    throw new UnsupportedOperationException();
  }
}
