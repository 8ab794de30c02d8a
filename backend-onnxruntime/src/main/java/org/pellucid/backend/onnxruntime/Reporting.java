package org.pellucid.backend.onnxruntime;

import java.util.Locale;
import java.util.Optional;

/**
 * Whether natives of ONNX Runtime would report to their maker. From 1.29 on, those for Linux and
 * macOS send names and hashes of models, numbers of runs and an identifier of the machine, which
 * they keep in the user's cache directory, to a collector of Microsoft's, from the moment that they
 * start. Only a variable of the process's environment keeps them from it: switching reports off
 * later, as the Java API can, comes after the first one. On Windows, events go to the system's own
 * tracing.
 */
final class Reporting {
  /** Read by the natives when they start; Java cannot set it. */
  static final String SWITCH = "ORT_DISABLE_TELEMETRY";

  private static final int FIRST_MINOR = 29;

  private Reporting() {}

  /**
   * Why natives must not be started.
   *
   * @param version of ONNX Runtime; null where it is not known
   * @param system the operating system's name
   * @param disabled the value of {@link #SWITCH}; null where it is not set
   * @return a sentence, empty where nothing is reported
   */
  static Optional<String> objection(String version, String system, String disabled) {
    boolean windows = system.toLowerCase(Locale.ROOT).startsWith("windows");
    if (windows || "1".equals(disabled) || isSilent(version)) {
      return Optional.empty();
    }
    return Optional.of(
        "ONNX Runtime "
            + (version == null ? "of an unknown version" : version)
            + " may report models and runs to Microsoft, as it does from 1."
            + FIRST_MINOR
            + " on: set the environment variable "
            + SWITCH
            + "=1 before Java starts, or use com.microsoft.onnxruntime:onnxruntime:1.28.0");
  }

  private static boolean isSilent(String version) {
    if (version == null || !version.matches("1\\.\\d{1,4}(\\D.*)?")) {
      return false;
    }
    return Integer.parseInt(version.split("\\D", 3)[1]) < FIRST_MINOR;
  }
}
