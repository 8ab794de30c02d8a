package org.pellucid.backend.djl;

import ai.djl.engine.EngineException;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.pellucid.api.BackendException;

/** Failures of the engine, told in the terms of the network. */
final class Failures {
  private Failures() {}

  /**
   * Does work and names it when the engine fails.
   *
   * @param what what is being done, as the end of "PyTorch failed when ..."
   */
  static <T> T named(Supplier<String> what, Supplier<T> work) {
    try {
      return work.get();
    } catch (EngineException | OutOfMemoryError e) {
      String message = String.valueOf(e.getMessage());
      String lower = message.toLowerCase(Locale.ROOT);
      boolean memory =
          e instanceof OutOfMemoryError
              || lower.contains("out of memory")
              || lower.contains("can't allocate memory")
              || lower.contains("not enough memory");
      throw new BackendException(
          memory
              ? "PyTorch ran out of memory when "
                  + what.get()
                  + "; fewer samples at once (a smaller memory budget), or float32, need less"
              : "PyTorch failed when " + what.get() + ": " + reason(e),
          e);
    }
  }

  /** What PyTorch says, without its traces: of a script that is the last line, else the first. */
  private static String reason(Throwable failure) {
    List<String> lines = String.valueOf(failure.getMessage()).strip().lines().toList();
    String last = lines.get(lines.size() - 1);
    return last.matches("\\w*Error: .*") ? last : lines.get(0);
  }
}
