package org.pellucid.api.engine;

import java.util.List;
import java.util.Optional;
import org.pellucid.api.BackendException;
import org.pellucid.api.FeatureMaps;
import org.pellucid.api.NoisyInputs;
import org.pellucid.api.PowerSums;
import org.pellucid.graph.Shape;

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

  /**
   * An engine for formulas over averages: whatever the model's precision, it computes in float64,
   * and its values lie where those of this one are. It has no noisy work of its own, and is closed
   * with this engine at the latest. With it, this engine has {@link #copy}, and its sums have
   * {@link Sums#averages} and {@link Sums#maps}. Asked for again only if it could not be opened;
   * empty where Java computes formulas.
   */
  default Optional<Engine> formulas() {
    return Optional.empty();
  }

  /**
   * A copy of a value of this engine, where it has one for {@link #formulas}.
   *
   * @return to be closed by the caller
   * @throws BackendException if the engine fails
   */
  default Value copy(Value value) {
    throw new UnsupportedOperationException("Nothing is held for formulas");
  }

  /**
   * Averages of the powers of gradient / scale, and the scale.
   *
   * @param first D_1, [parts, K, cells]
   * @param second D_2
   * @param third D_3
   * @param scale [1, 1, 1]
   */
  record Averages(Value first, Value second, Value third, Value scale) {}

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

    /**
     * Makes averages of the sums, where the engine has one for {@link #formulas}: to the last bit
     * what Java makes of equal sums.
     *
     * @param maps K and the number of cells
     * @param parts which averages, from 1 to 16
     * @return values of {@link #formulas}, to be closed by the caller
     * @throws BackendException if the engine fails; nothing stays behind
     */
    default Averages averages(Shape maps, List<PowerSums.Part> parts) {
      throw new UnsupportedOperationException("Java makes averages of the sums");
    }

    /**
     * Activations of one sample as formulas read them, where the engine has one for {@link
     * #formulas}.
     *
     * @param activations a value of this engine
     * @param layout where the elements lie in it
     * @return [1, K, cells], a value of {@link #formulas}, to be closed by the caller
     * @throws BackendException if the engine fails
     */
    default Value maps(Value activations, FeatureMaps layout) {
      throw new UnsupportedOperationException("Java reads activations");
    }

    /**
     * As {@link PowerSums#rest}: sums that rest are closed, or opened again by {@link #reopen}.
     * Asked of open sums.
     */
    default boolean rest() {
      return false;
    }

    /** As {@link PowerSums#reopen}; asked of sums that rest. */
    default boolean reopen() {
      return false;
    }

    /** Frees what is held; closed once, and not while the sums rest. */
    @Override
    void close();
  }
}
