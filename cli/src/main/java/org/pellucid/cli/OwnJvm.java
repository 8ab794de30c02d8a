package org.pellucid.cli;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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
          "-Dcom.sun.management",
          "-Dpellucid.terminal=");

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
}
