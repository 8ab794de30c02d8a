package org.pellucid.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The command in another JVM like this one: the same Java, class path, properties and heap. */
final class OwnJvm {
  /** What concerns this process alone: debuggers, agents, files that two processes would share. */
  private static final List<String> OWN =
      List.of(
          "-agentlib:",
          "-agentpath:",
          "-javaagent:",
          "-Xrun",
          "-Xdebug",
          "-XX:ErrorFile=",
          "-XX:HeapDumpPath=",
          "-Xlog",
          "-XX:SharedArchiveFile=",
          "-D" + ClassData.FILE + "=",
          "-Dcom.sun.management",
          "-Dpellucid.terminal=");

  /** More than any process needs that is waited for. */
  private static final long PATIENCE_SECONDS = 120;

  private OwnJvm() {}

  /**
   * The arguments of a process that runs the command.
   *
   * @param crashes directory for the log of a JVM that crashes
   * @param arguments of the command
   */
  static List<String> command(Path crashes, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> OWN.stream().noneMatch(argument::startsWith))
        .forEach(command::add);
    command.add("-XX:ErrorFile=" + crashes.toAbsolutePath().resolve("hs_err_pid%p.log"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(arguments);
    return command;
  }

  /**
   * Runs a process to its end; what it prints is of no interest.
   *
   * @throws IOException if it fails, or takes minutes
   */
  static void await(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      process.getOutputStream().close();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("after " + PATIENCE_SECONDS + " s it still runs: " + command);
      }
    } finally {
      process.destroyForcibly();
    }
    if (process.exitValue() != 0) {
      throw new IOException("exit code " + process.exitValue() + " of " + command);
    }
  }
}
