package org.pellucid.backend.dl4j;

import java.util.Locale;
import java.util.Optional;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;
import org.pellucid.api.BackendException;

/**
 * ND4J in this class loader, started once, when it is first needed. It is shared with whatever else
 * uses ND4J's classes here, and never stopped.
 */
final class Nd4jLibrary {
  private static Nd4jLibrary instance;
  private static String failure;

  private final int cores = Runtime.getRuntime().availableProcessors();
  private int threads;

  private Nd4jLibrary() {}

  /**
   * ND4J, started at the first call. A failed start is not tried again: classes whose
   * initialisation failed stay so until the JVM ends.
   *
   * @throws BackendException saying what is missing
   */
  static synchronized Nd4jLibrary get() {
    if (instance == null && failure == null) {
      try {
        instance = start();
      } catch (BackendException e) {
        failure = e.getMessage();
        throw e;
      }
    }
    if (instance == null) {
      throw new BackendException(failure);
    }
    return instance;
  }

  private static Nd4jLibrary start() {
    // Resident memory of the whole process counts against it, of which other engines have a share.
    setUnlessSet("org.bytedeco.javacpp.maxphysicalbytes", "0");
    setUnlessSet("org.nd4j.log.initialization", "false");
    // ND4J looks for its own backend with the thread's class loader, which in a plugin is another.
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(Nd4jLibrary.class.getClassLoader());
    try {
      Nd4j.getExecutioner();
      // Arrays are closed by hand; ND4J need not call the garbage collector now and then.
      Nd4j.getMemoryManager().togglePeriodicGc(false);
      return new Nd4jLibrary();
    } catch (RuntimeException | LinkageError e) {
      throw new BackendException(explain(e), e);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  private static String explain(Throwable failure) {
    StringBuilder causes = new StringBuilder();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      causes
          .append(causes.isEmpty() ? "" : ": ")
          .append(
              cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage());
    }
    String text = causes.toString();
    if (failure instanceof NoClassDefFoundError && text.startsWith("org/nd4j")) {
      return "The dl4j backend finds no ND4J: add org.nd4j:nd4j-native:1.0.0-M2.1";
    }
    return "ND4J does not start: "
        + text
        + ". It needs org.nd4j:nd4j-native:1.0.0-M2.1, org.bytedeco:openblas:0.3.19-1.5.7 and"
        + " org.bytedeco:javacpp:1.5.7 on the class path with the natives of this platform"
        + platform().map(name -> ", the classifier " + name).orElse("");
  }

  private static Optional<String> platform() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String name =
        os.startsWith("linux")
            ? "linux"
            : os.startsWith("mac") ? "macosx" : os.startsWith("windows") ? "windows" : "";
    String arch =
        switch (System.getProperty("os.arch")) {
          case "amd64", "x86_64" -> "x86_64";
          case "aarch64", "arm64" -> "arm64";
          default -> "";
        };
    return name.isEmpty() || arch.isEmpty() ? Optional.empty() : Optional.of(name + "-" + arch);
  }

  /** Sets the number of threads of the process; zero for one per core. */
  synchronized void use(int wanted) {
    int next = wanted > 0 ? wanted : cores;
    if (next != threads) {
      Nd4j.getEnvironment().setMaxThreads(next);
      Nd4j.getEnvironment().setMaxMasterThreads(next);
      NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(next);
      threads = next;
    }
  }

  /** Version and device in a few words. */
  String describe() {
    String version = Nd4j.class.getPackage().getImplementationVersion();
    return "ND4J" + (version == null ? "" : " " + version) + " on [cpu]";
  }
}
