package org.pellucid.cli;

import java.io.PrintWriter;
import org.pellucid.api.Precision;
import org.pellucid.core.Loader;
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

  @Option(
      names = "--device",
      completionCandidates = Choices.Devices.class,
      paramLabel = "DEVICE",
      defaultValue = "auto",
      description = "auto, cpu, gpu or gpu:N.")
  private String device;

  @Option(names = "--threads", paramLabel = "N", description = "Threads within an operation.")
  private Integer threads;

  @Option(
      names = "--precision",
      completionCandidates = Choices.Precisions.class,
      paramLabel = "P",
      defaultValue = "float32",
      description = "float32, float64, tf32 or bf16, as the backend has.")
  private String precision;

  /** Loads the model. */
  Pellucid load() {
    Loader loader =
        network.loader().backend(backend).device(device).precision(Precision.of(precision));
    if (threads != null) {
      loader.threads(threads);
    }
    return loader.load(network.file());
  }

  /** Prints what is odd about a model. */
  void warn(Pellucid pellucid, CommandSpec spec) {
    PrintWriter err = spec.commandLine().getErr();
    pellucid.warnings().forEach(warning -> err.println("pellucid: warning: " + warning));
    err.flush();
  }
}
