package org.pellucid.cli;

import org.pellucid.api.BackendException;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.PellucidException;
import org.pellucid.graph.UnsupportedModelException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Turns failures into one line on stderr and an exit code. */
final class Failures implements IExecutionExceptionHandler {
  static final int SOFTWARE = 1;
  static final int USAGE = 2;
  static final int UNSUPPORTED = 3;
  static final int UNAVAILABLE = 4;
  static final int MALFORMED = 5;

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine commandLine, ParseResult parsed) {
    commandLine.getErr().println(line(failure));
    return exitCode(failure);
  }

  /** The exit code of a failure. */
  static int exitCode(Throwable failure) {
    if (failure instanceof InvalidRequestException
        || failure instanceof CommandLine.ParameterException) {
      return USAGE;
    } else if (failure instanceof UnsupportedModelException) {
      return UNSUPPORTED;
    } else if (failure instanceof BackendException) {
      return UNAVAILABLE;
    } else if (failure instanceof MalformedInputException) {
      return MALFORMED;
    }
    return SOFTWARE;
  }

  /**
   * What a person reads: the message of a failure that was foreseen, or where an unforeseen began.
   */
  static String line(Throwable failure) {
    if (failure instanceof PellucidException) {
      return "pellucid: " + oneLine(failure.getMessage());
    }
    if (failure instanceof OutOfMemoryError) {
      return "pellucid: not enough memory ("
          + Runtime.getRuntime().maxMemory() / (1 << 20)
          + " MiB of heap); set JAVA_TOOL_OPTIONS=-Xmx with more";
    }
    StackTraceElement[] trace = failure.getStackTrace();
    return "pellucid: internal error, please report it: "
        + oneLine(failure.toString())
        + (trace.length == 0 ? "" : " at " + trace[0]);
  }

  private static String oneLine(String text) {
    return text == null ? "" : text.replaceAll("\\s*\\R\\s*", " ");
  }
}
