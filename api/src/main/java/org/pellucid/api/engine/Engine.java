package org.pellucid.api.engine;

import java.util.Optional;
import org.pellucid.api.BackendException;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Tensor;

/**
 * What an engine holds for one loaded model, opened by {@link GraphBackend#open}. Safe for use by
 * several threads at once. Closed once, after everything that it gave out.
 *
 * @since 0.1.0
 */
public interface Engine extends AutoCloseable {
  /**
   * Prepares a graph for many runs: the network for a number of samples, a part of it, or one that
   * computes gradients. Its nodes were found to be runnable ({@link GraphBackend#refusal}). Its
   * constants are those of the model's graph, the same {@link Tensor} objects, and a few small ones
   * besides: an engine that knows them by identity needs each of them once. No output is an input
   * or a constant, none is named twice, and every node is needed.
   *
   * <p>Types of floating tensors say what the model's file says; computed is in the precision that
   * the model was loaded with.
   *
   * @throws BackendException if the engine fails
   */
  Executable compile(ModelGraph part);

  /**
   * Prepares a graph as {@link #compile} does, of which {@link #concurrentRuns} will run at once: a
   * run had best keep to the thread that asks for it.
   *
   * @throws BackendException if the engine fails
   */
  default Executable compileConcurrent(ModelGraph part) {
    return compile(part);
  }

  /**
   * How many runs there should be at once, each on a thread of its own, where many samples go up to
   * the taps in several runs; 1, as by default, where a run by itself keeps the device as busy.
   */
  default int concurrentRuns() {
    return 1;
  }

  /**
   * Takes a tensor over.
   *
   * @param tensor FLOAT32 or FLOAT64, whichever the model's precision is (FLOAT32 for the narrower
   *     ones), INT64 or BOOL
   * @return to be closed by the caller
   * @throws BackendException if the engine fails
   */
  Value value(Tensor tensor);

  /**
   * How many samples to run at once up to the taps. Each number needs an executable of its own, and
   * maybe a copy of the weights: an engine that is as fast with single samples had better answer 1.
   *
   * @param most what is best by the sizes of tensors, the device and the memory budget; at least 1
   * @return from 1 to {@code most}
   */
  default int samplesAtOnce(int most) {
    return most;
  }

  /**
   * How many bytes one forward pass with what backward needs should stay under: {@link
   * org.pellucid.api.BatchSizes} are chosen by it.
   *
   * @param budget what the model's options say
   */
  default long memoryBudget(long budget) {
    return budget;
  }

  /** What the engine does of averages over noisy copies; empty where Java does it all. */
  default Optional<NoisyWork> noisyWork() {
    return Optional.empty();
  }

  /** Frees what is held. */
  @Override
  void close();
}
