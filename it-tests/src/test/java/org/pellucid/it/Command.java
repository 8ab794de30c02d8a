package org.pellucid.it;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;
import org.pellucid.cli.Main;
import picocli.CommandLine;

/** The command {@code pellucid}, run in this JVM as a user runs it. */
public final class Command {
  private Command() {}

  /**
   * What a run left behind.
   *
   * @param code its exit code
   * @param out what it wrote to stdout
   * @param err what it wrote to stderr
   */
  public record Outcome(int code, String out, String err) {}

  /** Runs it; arguments are written as {@link String#valueOf} has them. */
  public static Outcome run(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    int code = line.execute(Stream.of(arguments).map(String::valueOf).toArray(String[]::new));
    return new Outcome(code, out.toString(), err.toString());
  }
}
