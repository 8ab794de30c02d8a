package org.pellucid.backend.onnxruntime;

import ai.onnxruntime.OrtException;
import java.util.Locale;
import java.util.function.Supplier;
import org.pellucid.api.BackendException;

/** Failures of the engine, told in the terms of the network. */
final class Failures {
  /** Work that asks ONNX Runtime. */
  interface Work<T> {
    T run() throws OrtException;
  }

  private Failures() {}

  /**
   * Does work and names it when the engine fails.
   *
   * @param what what is being done, as the end of "ONNX Runtime failed when ..."
   */
  static <T> T named(Supplier<String> what, Work<T> work) {
    try {
      return work.run();
    } catch (OrtException | OutOfMemoryError e) {
      String message = String.valueOf(e.getMessage());
      String lower = message.toLowerCase(Locale.ROOT);
      boolean memory =
          e instanceof OutOfMemoryError
              || lower.contains("bad_alloc")
              || lower.contains("failed to allocate memory")
              || lower.contains("out of memory");
      throw new BackendException(
          memory
              ? "ONNX Runtime ran out of memory when "
                  + what.get()
                  + "; fewer samples at once (a smaller memory budget) need less, and memory"
                  + " outside of the Java heap is limited by -XX:MaxDirectMemorySize"
              : "ONNX Runtime failed when " + what.get() + ": " + firstLine(message),
          e);
    }
  }

  private static String firstLine(String message) {
    return message.strip().lines().findFirst().orElse("");
  }
}
