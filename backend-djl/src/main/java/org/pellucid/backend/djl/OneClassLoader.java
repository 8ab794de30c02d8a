package org.pellucid.backend.djl;

import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.pellucid.api.BackendException;

/**
 * PyTorch's natives can be loaded once in a process, and Java ties them to the class loader that
 * did it. A second one gets an error where the files are the same; where they are not (another
 * cache directory, another version) PyTorch ends the process. Therefore a second one is told before
 * it tries.
 */
final class OneClassLoader {
  static final String TAKEN =
      "PyTorch's natives are already loaded by another class loader of this JVM, and can be loaded"
          + " only once: use DJL either as a plugin, of one registry that is shared, or from the"
          + " class path that the application and Pellucid share";

  /** Says in all class loaders of this JVM which of them has the natives. */
  private static final String OWNER = "org.pellucid.backend.djl.loader";

  /** What the processes of Linux have mapped into their memory. */
  private static final Path MAPS = Path.of("/proc/self/maps");

  private OneClassLoader() {}

  /**
   * Takes the natives for this class's loader.
   *
   * @throws BackendException if another has them
   */
  static void require() {
    String own = identity();
    synchronized (System.getProperties()) {
      String owner = System.getProperty(OWNER);
      if (owner == null ? isLoadedElsewhere() : !owner.equals(own)) {
        throw new BackendException(TAKEN);
      }
      System.setProperty(OWNER, own);
    }
  }

  private static String identity() {
    ClassLoader loader = OneClassLoader.class.getClassLoader();
    return loader.getClass().getName() + "@" + System.identityHashCode(loader);
  }

  /** Whether something in this process that is not Pellucid has loaded PyTorch otherwise. */
  private static boolean isLoadedElsewhere() {
    if (!isMapped()) {
      return false;
    }
    try {
      JniUtils.getNumThreads(); // Linked only if these very classes have loaded the natives.
      return false;
    } catch (UnsatisfiedLinkError e) {
      return true;
    }
  }

  private static boolean isMapped() {
    try (Stream<String> lines = Files.lines(MAPS, StandardCharsets.ISO_8859_1)) {
      return lines.anyMatch(line -> line.contains("libtorch_cpu"));
    } catch (IOException e) {
      return false; // Not Linux.
    }
  }
}
