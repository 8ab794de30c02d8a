package org.pellucid.api;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.pellucid.graph.Tensor;

/**
 * The inputs of a forward pass over several samples, made when they are needed: an engine that runs
 * few samples at a time makes those alone, on the thread that runs them.
 *
 * @since 0.1.0
 */
public interface InputBatch {
  /** How many samples there are; at least 1. */
  int samples();

  /** The names of the inputs. */
  Set<String> names();

  /**
   * Makes some samples of an input, the same whenever it is asked; several threads may ask at once.
   * It is asked during the pass, so that it must not ask the model that runs: it would wait for the
   * pass where the model is about to be closed.
   *
   * @param input one of the names
   * @param from the first sample
   * @param count how many, at least 1
   * @return stacked along axis 0
   */
  Tensor make(String input, int from, int count);

  /** Makes all of them; a new map, which may be changed. */
  default Map<String, Tensor> all() {
    Map<String, Tensor> all = new HashMap<>();
    names().forEach(name -> all.put(name, make(name, 0, samples())));
    return all;
  }
}
