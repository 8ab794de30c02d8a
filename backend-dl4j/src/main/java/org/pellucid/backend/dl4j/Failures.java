package org.pellucid.backend.dl4j;

import java.util.function.Supplier;
import org.pellucid.api.BackendException;
import org.pellucid.graph.PellucidException;

/** Turns what ND4J throws into a {@link BackendException} that says what was being done. */
final class Failures {
  private Failures() {}

  /** Does something; the description is only made when it fails. */
  static <T> T named(Supplier<String> what, Supplier<T> work) {
    try {
      return work.get();
    } catch (PellucidException e) {
      throw e;
    } catch (OutOfMemoryError e) {
      throw new BackendException(
          "ND4J ran out of memory " + what.get() + ": " + e.getMessage() + "; use smaller batches",
          e);
    } catch (RuntimeException | LinkageError e) {
      throw new BackendException("ND4J failed " + what.get() + ": " + e.getMessage(), e);
    }
  }
}
