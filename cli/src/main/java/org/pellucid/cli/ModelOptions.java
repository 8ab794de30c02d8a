package org.pellucid.cli;

import java.io.PrintWriter;
import java.util.Optional;
import org.pellucid.core.Pellucid;
import org.pellucid.core.image.Preset;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The model and how it runs: what every command that runs one takes. */
final class ModelOptions {
  @Mixin private NetworkOptions network;

  @Mixin private BackendOption backend;

  @Mixin private EngineOptions engine;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec mixee;

  /** The device as it was written. */
  String device() {
    return engine.device();
  }

  /** The size of the input that was asked for, if any was. */
  Optional<Preset.Size> size() {
    return network.size();
  }

  /** Loads the model. */
  Pellucid load() {
    return engine
        .apply(network.loader())
        .registry(Installation.of(mixee))
        .backend(backend.id())
        .load(network.file());
  }

  /** Prints what is odd about a model, and which plugins cannot be used for it. */
  static void warn(Pellucid pellucid, CommandSpec spec) {
    PrintWriter err = spec.commandLine().getErr();
    Installation.of(spec)
        .problems()
        .forEach(problem -> err.println("pellucid: warning: " + problem));
    pellucid.warnings().forEach(warning -> err.println("pellucid: warning: " + warning));
    err.flush();
  }
}
