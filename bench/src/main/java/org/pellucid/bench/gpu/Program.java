package org.pellucid.bench.gpu;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A program that is given some time. */
record Program(List<String> command) {
  /**
   * Runs it; what it writes as errors goes where ours do.
   *
   * @param lines takes each line of its output
   * @return its exit code; empty where its time was over and it was ended
   * @throws IOException if it cannot be started
   */
  OptionalInt run(double seconds, Consumer<String> lines) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    // Of a JVM; other natives crash where it stands in a very long command line.
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    Process process = builder.start();
    Thread reader = new Thread(() -> read(process, lines), "output of a part");
    reader.setDaemon(true);
    reader.start();
    try {
      boolean ended = process.waitFor((long) (1e3 * seconds), TimeUnit.MILLISECONDS);
      if (ended) {
        // Not for ever: what it started may hold its output open.
        reader.join(1000);
      }
      return ended ? OptionalInt.of(process.exitValue()) : OptionalInt.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalInt.empty();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static void read(Process process, Consumer<String> lines) {
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        lines.accept(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
