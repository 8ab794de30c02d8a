package org.pellucid.it.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pellucid.testkit.Networks;

/** The packaged distribution, and processes that are started with it. */
final class Distribution {
  static final Path HOME = path("pellucid.distribution");
  static final Path REPOSITORY = path("pellucid.repository");
  static final Path PLUGINS = HOME.resolve("plugins");

  private static final Pattern TEST_LIBRARY =
      Pattern.compile(
          ".*[/\\\\](org[/\\\\](junit|assertj|opentest4j|jspecify|apiguardian)|net[/\\\\]bytebuddy)[/\\\\].*");

  private Distribution() {}

  private static Path path(String property) {
    return Path.of(System.getProperty(property)).toAbsolutePath().normalize();
  }

  /**
   * What a process left behind.
   *
   * @param code its exit code
   * @param out what it wrote to stdout
   * @param err what it wrote to stderr
   */
  record Outcome(int code, String out, String err) {
    /** This, if it went well. */
    Outcome orFail() {
      assertThat(code).as("%s%n%s", out, err).isZero();
      return this;
    }
  }

  /** Runs the packaged command. */
  static Outcome pellucid(Object... arguments) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of(HOME.resolve("bin/pellucid").toString()));
    Stream.of(arguments).map(Object::toString).forEach(line::add);
    return run(new ProcessBuilder(line).directory(REPOSITORY.toFile()));
  }

  /** Runs a class of these tests in a JVM of its own. */
  static Outcome java(List<Path> classPath, Class<?> main, Object... arguments)
      throws IOException, InterruptedException {
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "--enable-native-access=ALL-UNNAMED",
                // Some library on the class path has settings that log to stdout.
                "-Dorg.slf4j.simpleLogger.logFile=System.err",
                main.getName()));
    Stream.of(arguments).map(Object::toString).forEach(line::add);
    ProcessBuilder command = new ProcessBuilder(line);
    // ONNX Runtime's natives crash where the command line is very long.
    command
        .environment()
        .put(
            "CLASSPATH",
            classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
    return run(command);
  }

  static Outcome run(ProcessBuilder command) throws IOException, InterruptedException {
    Path out = Files.createTempFile("pellucid", ".out");
    Path err = Files.createTempFile("pellucid", ".err");
    try {
      Process process = command.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
      boolean ended = process.waitFor(5, TimeUnit.MINUTES);
      if (!ended) {
        process.destroyForcibly();
      }
      assertThat(ended).as("%s ended", command.command()).isTrue();
      return new Outcome(
          process.exitValue(),
          Files.readString(out, StandardCharsets.UTF_8),
          Files.readString(err, StandardCharsets.UTF_8));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  /** The libraries of the distribution with the classes of these tests and of the testkit. */
  static List<Path> packagedClassPath() throws IOException {
    List<Path> entries = new ArrayList<>();
    try (Stream<Path> jars = Files.list(HOME.resolve("lib"))) {
      jars.sorted().forEach(entries::add);
    }
    entries.add(origin(Distribution.class));
    entries.add(origin(Networks.class));
    return entries;
  }

  /** With JUnit and AssertJ. */
  static List<Path> packagedClassPathForTests() throws IOException {
    List<Path> entries = packagedClassPath();
    wholeClassPath().stream()
        .filter(entry -> TEST_LIBRARY.matcher(entry.toString()).matches())
        .forEach(entries::add);
    return entries;
  }

  /** Everything that these tests run with: backends as Maven dependencies. */
  static List<Path> wholeClassPath() {
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Stream.of(path.split(File.pathSeparator)).map(Path::of).toList();
  }

  private static Path origin(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
