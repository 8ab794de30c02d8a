package org.pellucid.cli;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The {@code pellucid} command. */
@Command(
    name = "pellucid",
    description = "Shows what a convolutional network looked at.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionLine.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ExplainCommand.class,
      LayersCommand.class,
      PredictCommand.class,
      MethodsCommand.class,
      BackendsCommand.class,
      DoctorCommand.class,
      AutoComplete.GenerateCompletion.class,
      CommandLine.HelpCommand.class
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  pellucid explain model.onnx cat.png -o out",
      "  pellucid layers model.onnx",
      "  pellucid predict model.onnx cat.png --top 3",
      "  pellucid explain --help",
      "",
      "Exit codes: 0 success; 1 software error; 2 usage, or a name or number that does not exist;",
      "3 model not supported; 4 backend, device or precision not available; 5 malformed or missing",
      "model, image or array."
    })
public final class Main implements Runnable {
  @Spec private CommandSpec spec;

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  /** The command as it runs, for tests and the completion script. */
  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler(new Failures());
    line.setExitCodeExceptionMapper(Failures::exitCode);
    line.setUsageHelpAutoWidth(true);
    return line;
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "A command is required");
  }
}
