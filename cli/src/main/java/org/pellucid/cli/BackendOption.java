package org.pellucid.cli;

import picocli.CommandLine.Option;

/** The one backend that runs a model. */
final class BackendOption {
  @Option(
      names = "--backend",
      completionCandidates = Choices.Backends.class,
      paramLabel = "ID",
      defaultValue = "auto",
      description = "Backend, or auto for the first that can run the model. See: pellucid backends")
  private String backend;

  /** Its id, or auto. */
  String id() {
    return backend;
  }
}
