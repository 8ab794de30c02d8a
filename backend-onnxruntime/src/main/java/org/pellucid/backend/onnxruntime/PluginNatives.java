package org.pellucid.backend.onnxruntime;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.CodeSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ONNX Runtime's natives, unpacked once. By itself ONNX Runtime unpacks them into a new temporary
 * directory at every start. Where it is part of an unpacked plugin they are kept in the plugin's
 * directory, which is the user's own, belongs to this very package, and is removed as a whole.
 */
final class PluginNatives {
  private static final Logger LOG = LoggerFactory.getLogger(PluginNatives.class);

  /** Where ONNX Runtime looks for its natives before it unpacks any. */
  private static final String PATH = "onnxruntime.native.path";

  private static final String IN_JAR = "ai/onnxruntime/native/";

  private PluginNatives() {}

  /** Where ONNX Runtime is to find its natives, if it is not to unpack them. */
  static Optional<Path> directory() {
    if (System.getProperties().stringPropertyNames().stream()
        .anyMatch(name -> name.startsWith("onnxruntime.native."))) {
      return Optional.empty(); // Somebody chose others.
    }
    try {
      CodeSource source = OrtEnvironment.class.getProtectionDomain().getCodeSource();
      return source == null
          ? Optional.empty()
          : beside(Path.of(source.getLocation().toURI()), platform());
    } catch (IOException | URISyntaxException | RuntimeException e) {
      LOG.debug("Leaves the unpacking of ONNX Runtime's natives to itself", e);
      return Optional.empty();
    }
  }

  /**
   * The natives of a jar in a plugin's {@code lib}, unpacked beside {@code lib}; nothing where it
   * is no plugin's, or has no such natives, or brings libraries that ONNX Runtime unpacks when they
   * are needed, as those of CUDA are.
   *
   * @param platform as ONNX Runtime calls it, like {@code linux-x64}
   */
  static Optional<Path> beside(Path jar, String platform) throws IOException {
    Path plugin = jar.toAbsolutePath().resolve("../..").normalize();
    if (!Files.isRegularFile(jar) || !Files.isRegularFile(plugin.resolve("plugin.properties"))) {
      return Optional.empty();
    }
    Path natives = plugin.resolve("natives");
    if (!Files.isDirectory(natives) && !unpack(jar, IN_JAR + platform + "/", natives)) {
      return Optional.empty();
    }
    return Optional.of(natives);
  }

  private static boolean unpack(Path jar, String prefix, Path natives) throws IOException {
    try (JarFile packed = new JarFile(jar.toFile())) {
      List<JarEntry> entries =
          packed.stream()
              .filter(entry -> !entry.isDirectory() && isDirectlyIn(prefix, entry.getName()))
              .toList();
      if (entries.isEmpty()
          || entries.stream().anyMatch(entry -> entry.getName().contains("providers_cuda"))) {
        return false;
      }
      // Whole or not at all, whoever else does the same at the same time.
      Path fresh = Files.createTempDirectory(natives.getParent(), ".tmp-natives-");
      try {
        for (JarEntry entry : entries) {
          try (InputStream in = packed.getInputStream(entry)) {
            Files.copy(in, fresh.resolve(entry.getName().substring(prefix.length())));
          }
        }
        Files.move(fresh, natives, StandardCopyOption.ATOMIC_MOVE);
      } catch (FileSystemException e) {
        if (!Files.isDirectory(natives)) {
          throw e;
        }
      } finally {
        delete(fresh);
      }
      return true;
    }
  }

  private static boolean isDirectlyIn(String prefix, String name) {
    return name.startsWith(prefix) && name.indexOf('/', prefix.length()) < 0;
  }

  private static void delete(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(directory);
    }
  }

  /** As ONNX Runtime names it; nothing is found under a name that it does not know. */
  private static String platform() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String processor = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    String name = system.startsWith("mac") ? "osx" : system.startsWith("win") ? "win" : system;
    boolean is64 = processor.equals("amd64") || processor.equals("x86_64");
    return name + "-" + (is64 ? "x64" : processor);
  }

  /** ONNX Runtime, started with its natives from where {@link #directory} has them. */
  static OrtEnvironment start() {
    Optional<Path> directory = directory();
    directory.ifPresent(path -> System.setProperty(PATH, path.toString()));
    try {
      return OrtEnvironment.getEnvironment();
    } finally {
      directory.ifPresent(path -> System.clearProperty(PATH));
    }
  }
}
