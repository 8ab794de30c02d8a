package org.pellucid.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.pellucid.api.InvalidRequestException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes the archive from which later starts take their classes. */
@Command(
    name = PrepareStartCommand.NAME,
    hidden = true,
    description =
        "Makes the archive of classes from which later commands start in less time, as the first"
            + " command does in the background.",
    mixinStandardHelpOptions = true)
final class PrepareStartCommand implements Callable<Integer> {
  static final String NAME = "prepare-start";

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "The archive. Without it, the one that the launcher looks for.")
  private Path file;

  @Option(
      names = "--rehearse",
      paramLabel = "DIR",
      description = "Only runs what later commands will run, in this empty directory.")
  private Path stage;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (stage != null) {
      return Rehearsal.in(stage);
    }
    ClassData archive =
        file != null
            ? ClassData.at(file)
            : ClassData.asked()
                .orElseThrow(
                    () ->
                        new InvalidRequestException(
                            "The launcher looks for no archive of classes: start the distribution's"
                                + " bin/pellucid, with PELLUCID_CLASS_DATA not set to off, or name"
                                + " a file"));
    archive.make();
    return 0;
  }
}
