package org.pellucid.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;

/** The command, run in this JVM as a user runs it. */
final class Cli {
  static final Path EXAMPLES = Path.of("..", "examples");
  static final Path SHAPES = EXAMPLES.resolve("shapes.onnx");
  static final Path HEXAGON = EXAMPLES.resolve("hexagon.png");
  static final Path DISC_AND_CROSS = EXAMPLES.resolve("disc-and-cross.png");

  private Cli() {}

  /** A small model of the test resources. */
  static Path model(String name) {
    return Path.of("src", "test", "resources", "models", name + ".onnx");
  }

  /**
   * What a run left behind.
   *
   * @param code its exit code
   * @param out what it wrote to stdout
   * @param err what it wrote to stderr
   */
  record Outcome(int code, String out, String err) {
    List<String> outLines() {
      return out.lines().toList();
    }

    List<String> errLines() {
      return err.lines().toList();
    }
  }

  /** Runs the command; arguments are written as {@link String#valueOf} has them. */
  static Outcome run(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] texts = Stream.of(arguments).map(String::valueOf).toArray(String[]::new);
    CommandLine line = Main.commandLine(texts);
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    int code = line.execute(texts);
    return new Outcome(code, out.toString(), err.toString());
  }
}
