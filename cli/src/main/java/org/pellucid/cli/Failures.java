package org.pellucid.cli;

import java.util.List;
import org.pellucid.api.BackendException;
import org.pellucid.api.CancelledException;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.PellucidException;
import org.pellucid.graph.UnsupportedModelException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns failures into one line on stderr and an exit code. */
final class Failures
    implements IExecutionExceptionHandler, IParameterExceptionHandler, IExecutionStrategy {
  static final int SOFTWARE = 1;
  static final int USAGE = 2;
  static final int UNSUPPORTED = 3;
  static final int UNAVAILABLE = 4;
  static final int MALFORMED = 5;

  /** Of {@code compare}: backends disagree by more than was allowed. */
  static final int DISAGREEMENT = 6;

  /** Of {@code bench}: slower than the baseline, beyond noise. */
  static final int SLOWER = 7;

  /** What shells report of a command that was ended by Ctrl-C. */
  static final int INTERRUPTED = 130;

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine commandLine, ParseResult parsed) {
    return report(failure, commandLine);
  }

  /** Says what is wrong with the arguments, and where help is, on one line. */
  @Override
  public int handleParseException(ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    command
        .getErr()
        .println(
            "pellucid: "
                + sentence(oneLine(failure.getMessage()))
                + suggestions(failure)
                + "; try: "
                + command.getCommandSpec().qualifiedName()
                + " --help");
    return USAGE;
  }

  private static String sentence(String message) {
    return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
  }

  private static String suggestions(ParameterException failure) {
    if (failure instanceof UnmatchedArgumentException unmatched) {
      List<String> nearest = unmatched.getSuggestions();
      return nearest.isEmpty()
          ? ""
          : ", near to " + String.join(" and ", nearest.subList(0, Math.min(3, nearest.size())));
    }
    return "";
  }

  /** Runs a command; what is thrown as an error is reported like any other failure. */
  @Override
  public int execute(ParseResult parsed) {
    try {
      return new RunLast().execute(parsed);
    } catch (VirtualMachineError | LinkageError e) {
      return report(e, parsed.commandSpec().commandLine());
    }
  }

  /** Prints the line of a failure and returns its exit code. */
  static int report(Throwable failure, CommandLine commandLine) {
    commandLine.getErr().println(line(failure));
    commandLine.getErr().flush();
    return exitCode(failure);
  }

  /** The exit code of a failure. */
  static int exitCode(Throwable failure) {
    if (failure instanceof InvalidRequestException || failure instanceof ParameterException) {
      return USAGE;
    } else if (failure instanceof UnsupportedModelException) {
      return UNSUPPORTED;
    } else if (failure instanceof BackendException) {
      return UNAVAILABLE;
    } else if (failure instanceof MalformedInputException) {
      return MALFORMED;
    } else if (failure instanceof CancelledException) {
      return INTERRUPTED;
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
          + " MiB of heap); allow more as by PELLUCID_OPTS=-Xmx8g";
    }
    StackTraceElement[] trace = failure.getStackTrace();
    return "pellucid: internal error, please report it: "
        + oneLine(failure.toString())
        + (trace.length == 0 ? "" : " at " + trace[0]);
  }

  private static String oneLine(String text) {
    return text == null ? "" : text.replaceAll("\\s*\\R\\s*", " ").strip();
  }
}
