package org.pellucid.api.engine;

import java.util.List;
import org.pellucid.api.BackendException;
import org.pellucid.api.FeatureMaps;
import org.pellucid.api.NoisyInputs;
import org.pellucid.api.PowerSums;

/**
 * What an {@link Engine} does beside running graphs, so that noisy copies of an input and their
 * gradients need not go through Java memory. Safe for use by several threads.
 *
 * @since 0.1.0
 */
public interface NoisyWork {
  /**
   * Makes copies of an input.
   *
   * @param copies all of them
   * @param from the first that is made
   * @param count how many
   * @return stacked along the first axis, in the model's precision, bit for bit what {@link
   *     NoisyInputs#get} gives; to be closed by the caller
   * @throws BackendException if the engine fails
   */
  Value copies(NoisyInputs copies, int from, int count);

  /**
   * Sums of nothing yet, as {@link PowerSums} describes them; to be closed by the caller.
   *
   * @param size elements of a sample
   * @param groups how many groups of samples have sums of their own; 0 for none
   * @throws BackendException if the engine fails
   */
  Sums sums(int size, int groups);

  /** Sums of powers of gradients. To be used by one thread at a time. */
  interface Sums extends AutoCloseable {
    /**
     * Adds samples.
     *
     * @param gradients of a batch
     * @param layout where the elements of a sample lie in it
     * @param factors how each sample is added
     * @throws BackendException if the engine fails; the sums may then be wrong, except where it ran
     *     out of memory
     */
    void add(Value gradients, FeatureMaps layout, List<PowerSums.Factor> factors);

    /** Copies the sums to Java memory. */
    PowerSums.Sums read();

    /** Frees what is held; closed once. */
    @Override
    void close();
  }
}
