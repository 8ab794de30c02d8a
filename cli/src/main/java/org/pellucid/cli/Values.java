package org.pellucid.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Stack;
import java.util.function.Predicate;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * Lets an option take several values in a row ({@code --cells 1,2 3,4}) and still stand before
 * images: it takes one value, and then all that follow and can be nothing else.
 */
abstract class Values implements IParameterConsumer {
  private final Predicate<String> fits;

  Values(Predicate<String> fits) {
    this.fits = fits;
  }

  @Override
  @SuppressWarnings("JdkObsolete") // The type of the stack is picocli's.
  public void consumeParameters(Stack<String> arguments, ArgSpec option, CommandSpec command) {
    if (arguments.isEmpty()) {
      throw new ParameterException(
          command.commandLine(), "Missing value for " + option.paramLabel());
    }
    List<String> values = option.getValue();
    values.add(arguments.pop());
    while (!arguments.isEmpty() && fits.test(arguments.peek())) {
      values.add(arguments.pop());
    }
  }

  /** Whole numbers with commas, or a stretch of them. */
  static final class Regions extends Values {
    Regions() {
      super(text -> text.matches("\\d+(,\\d+)+|\\d+(-\\d+)?") && !Files.exists(Path.of(text)));
    }
  }

  /** Array files. */
  static final class Arrays extends Values {
    Arrays() {
      super(text -> !text.startsWith("-") && text.endsWith(".npy"));
    }
  }

  /** Settings as name=value. */
  static final class Settings extends Values {
    Settings() {
      super(text -> text.matches("[a-z][a-z0-9-]*=.*") && !Files.exists(Path.of(text)));
    }
  }
}
