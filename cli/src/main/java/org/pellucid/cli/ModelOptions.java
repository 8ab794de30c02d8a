package org.pellucid.cli;

import java.io.PrintWriter;
import org.pellucid.core.Pellucid;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The model and how it runs: what every command that runs one takes. */
final class ModelOptions {
  @Mixin private NetworkOptions network;

  @Option(
      names = "--backend",
      completionCandidates = Choices.Backends.class,
      paramLabel = "ID",
      defaultValue = "auto",
      description = "Backend, or auto for the first that can run the model. See: pellucid backends")
  private String backend;

  @Mixin private EngineOptions engine;

  /** Loads the model. */
  Pellucid load() {
    return engine.apply(network.loader()).backend(backend).load(network.file());
  }

  /** Prints what is odd about a model. */
  static void warn(Pellucid pellucid, CommandSpec spec) {
    PrintWriter err = spec.commandLine().getErr();
    pellucid.warnings().forEach(warning -> err.println("pellucid: warning: " + warning));
    err.flush();
  }
}
