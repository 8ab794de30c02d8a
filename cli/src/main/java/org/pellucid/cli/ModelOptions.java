package org.pellucid.cli;

import java.io.PrintWriter;
import org.pellucid.api.Precision;
import org.pellucid.core.Loader;
import org.pellucid.core.Pellucid;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

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

  @Spec(Spec.Target.MIXEE)
  private CommandSpec mixee;

  /** Loads the model. */
  Pellucid load() {
    Loader loader =
        network
            .loader()
            .registry(Installation.of(mixee))
            .backend(backend)
            .device(device)
            .precision(Precision.of(precision));
    if (threads != null) {
      loader.threads(threads);
    }
    return loader.load(network.file());
  }

  /** Prints what is odd about a model, and which plugins cannot be used for it. */
  void warn(Pellucid pellucid, CommandSpec spec) {
    PrintWriter err = spec.commandLine().getErr();
    Installation.of(spec)
        .problems()
        .forEach(problem -> err.println("pellucid: warning: " + problem));
    pellucid.warnings().forEach(warning -> err.println("pellucid: warning: " + warning));
    err.flush();
  }
}
