package org.pellucid.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a program in a JVM of its own, whose memory nothing else moves. */
final class MeasuredJvm {
  private MeasuredJvm() {}

  /**
   * Runs a program to its end, which must be exit code 0, with a heap that is all there from the
   * start, so that what grows is not the heap.
   *
   * @param heap its size, as {@code 160m}
   * @return the lines that it printed
   */
  static List<String> run(String heap, Class<?> program, String... arguments)
      throws IOException, InterruptedException {
    return run(List.of("-Xms" + heap, "-Xmx" + heap, "-XX:+AlwaysPreTouch"), program, arguments);
  }

  /**
   * Runs a program to its end, which must be exit code 0.
   *
   * @param settings of the JVM
   * @return the lines that it printed
   */
  static List<String> run(List<String> settings, Class<?> program, String... arguments)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(settings);
    // Some library on the class path has settings that log to stdout.
    words.add("-Dorg.slf4j.simpleLogger.logFile=System.err");
    words.add(program.getName());
    words.addAll(List.of(arguments));
    ProcessBuilder command =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT);
    // ONNX Runtime's natives crash where the command line is very long.
    command.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    Process process = command.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.lines().toList();
  }
}
