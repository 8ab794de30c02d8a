package org.pellucid.api.engine;

import org.pellucid.api.BackendException;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Tensor;

/**
 * What an engine holds for one loaded model, opened by {@link GraphBackend#open}. Safe for use by
 * several threads at once. Closed once, after everything that it gave out.
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
   * Takes a tensor over.
   *
   * @param tensor FLOAT32 or FLOAT64, whichever the model's precision is (FLOAT32 for the narrower
   *     ones), INT64 or BOOL
   * @return to be closed by the caller
   * @throws BackendException if the engine fails
   */
  Value value(Tensor tensor);

  /** Frees what is held. */
  @Override
  void close();
}
