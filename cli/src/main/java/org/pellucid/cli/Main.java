package org.pellucid.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.pellucid.core.Registry;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code pellucid} command. */
@Command(
    name = "pellucid",
    description = "Shows what a convolutional network looked at.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionLine.class,
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  pellucid explain model.onnx cat.png -o out",
      "  pellucid compare model.onnx cat.png -o out",
      "  pellucid bench model.onnx cat.png --samples 4,25",
      "  pellucid sweep model.onnx cat.png --samples 1,5,25,50",
      "  pellucid layers model.onnx",
      "  pellucid predict model.onnx cat.png --top 3",
      "  pellucid differentiate model.onnx --method grad-cam -o model.grad-cam.onnx",
      "  pellucid convert model.h5 model.onnx",
      "  pellucid explain --help",
      "",
      "Completion of commands and options, in bash and zsh:",
      "  source <(pellucid generate-completion)",
      "",
      "Exit codes:",
      "  0  success",
      "  1  software error",
      "  2  usage, or a layer, class, method ... that does not exist",
      "  3  model not supported",
      "  4  backend, device or precision not available",
      "  5  malformed or missing model, image or array",
      "  6  compare --fail-on-disagreement: backends disagree",
      "  7  bench --baseline: slower beyond noise",
    })
public final class Main implements Runnable {
  /** Of every command, its name as in its annotation, in the order of the help. */
  private static final Map<String, Class<?>> COMMANDS = commands();

  /** Those that tell about the others. */
  private static final Set<String> NEED_ALL = Set.of("generate-completion", "help");

  @Spec private CommandSpec spec;

  @Option(
      names = "--plugins",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description = "Directory with more plugins. See: pellucid plugins")
  private List<Path> plugins = new ArrayList<>();

  @Option(
      names = "--allowed-plugins",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "Only plugins whose SHA-256 is in FILE, lines as of sha256sum, are used.")
  private Path allowedPlugins;

  /** How long a command that is ended by Ctrl-C may take to clean up. */
  private static final long PATIENCE_SECONDS = 5;

  /**
   * Runs the command and ends the process with its exit code. When the process is told to end, the
   * work is interrupted and may remove the file that it is writing.
   */
  public static void main(String[] args) {
    Thread worker = Thread.currentThread();
    CountDownLatch done = new CountDownLatch(1);
    Thread interrupter =
        new Thread(
            () -> {
              if (done.getCount() > 0) {
                worker.interrupt();
                awaitEnd(done);
              }
            },
            "pellucid-interrupt");
    Runtime.getRuntime().addShutdownHook(interrupter);
    int code;
    try {
      code = commandLine(args).execute(args);
    } finally {
      done.countDown();
    }
    if (code == 0) {
      ClassData.asked().ifPresent(ClassData::makeInBackground);
    }
    System.exit(code);
  }

  private static Map<String, Class<?>> commands() {
    Map<String, Class<?>> commands = new LinkedHashMap<>();
    commands.put("explain", ExplainCommand.class);
    commands.put("compare", CompareCommand.class);
    commands.put("evaluate", EvaluateCommand.class);
    commands.put("sweep", SweepCommand.class);
    commands.put("bench", BenchCommand.class);
    commands.put("bench-worker", BenchWorkerCommand.class);
    commands.put("layers", LayersCommand.class);
    commands.put("predict", PredictCommand.class);
    commands.put("differentiate", DifferentiateCommand.class);
    commands.put("convert", ConvertCommand.class);
    commands.put("methods", MethodsCommand.class);
    commands.put("backends", BackendsCommand.class);
    commands.put("plugins", PluginsCommand.class);
    commands.put("doctor", DoctorCommand.class);
    commands.put(PrepareStartCommand.NAME, PrepareStartCommand.class);
    commands.put("generate-completion", AutoComplete.GenerateCompletion.class);
    commands.put("help", CommandLine.HelpCommand.class);
    return commands;
  }

  private static void awaitEnd(CountDownLatch done) {
    try {
      if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("pellucid: ended in the middle of its work");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * The command as it runs: for those who run it in their own process, and the completion script.
   */
  public static CommandLine commandLine() {
    return commandLine(COMMANDS.keySet());
  }

  /**
   * With the one command alone that these arguments begin with: reading the annotations of all
   * takes longer than many a command.
   */
  static CommandLine commandLine(String[] arguments) {
    boolean one =
        arguments.length > 0
            && COMMANDS.containsKey(arguments[0])
            && !NEED_ALL.contains(arguments[0]);
    return one ? commandLine(Set.of(arguments[0])) : commandLine();
  }

  private static CommandLine commandLine(Set<String> commands) {
    LogSettings.apply();
    CommandLine line = new CommandLine(new Main());
    commands.forEach(name -> line.addSubcommand(name, COMMANDS.get(name)));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    Failures failures = new Failures();
    line.setExecutionExceptionHandler(failures);
    line.setParameterExceptionHandler(failures);
    line.setExecutionStrategy(failures);
    line.setExitCodeExceptionMapper(Failures::exitCode);
    line.setUsageHelpAutoWidth(true);
    return line;
  }

  /** What there is to explain with, as asked for. */
  Registry registry() {
    return Installation.registry(plugins, Optional.ofNullable(allowedPlugins));
  }

  /** The arguments that say so, for another process. */
  List<String> registryArguments() {
    List<String> arguments = new ArrayList<>();
    plugins.forEach(directory -> arguments.addAll(List.of("--plugins", directory.toString())));
    if (allowedPlugins != null) {
      arguments.addAll(List.of("--allowed-plugins", allowedPlugins.toString()));
    }
    return arguments;
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "A command is required");
  }
}
