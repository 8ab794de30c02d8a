package org.pellucid.core.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where something was timed.
 *
 * @param processor its name, or its architecture where the system does not tell
 * @param cores how many of them this process may use
 * @param system name and version of the operating system
 * @param java version of Java
 */
public record Machine(String processor, int cores, String system, String java) {
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

  /** This one. */
  public static Machine here() {
    return new Machine(
        nameOfProcessor(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        Runtime.version().toString());
  }

  private static String nameOfProcessor() {
    try {
      return Files.readString(PROCESSORS, StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }

  /** In a few words. */
  public String describe() {
    return cores + " cores of " + processor + ", " + system + ", Java " + java;
  }
}
