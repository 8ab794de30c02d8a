package org.pellucid.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where results go that are several files. */
final class ResultOptions {
  @Option(
      names = {"-o", "--out"},
      paramLabel = "OUT",
      defaultValue = "out",
      description = "Directory for the results, made if missing. Default: ${DEFAULT-VALUE}.")
  private Path directory;

  Path directory() {
    return directory;
  }
}
