package org.pellucid.cli;

import org.pellucid.api.Precision;
import org.pellucid.core.Loader;
import picocli.CommandLine.Option;

/** How a backend runs a model, whichever it is. */
final class EngineOptions {
  @Option(
      names = "--device",
      completionCandidates = Choices.Devices.class,
      paramLabel = "DEVICE",
      defaultValue = "auto",
      description =
          "auto, cpu, gpu, gpu:N (or cuda:N), or a card's UUID or its beginning: GPU-5d3e.")
  private String device;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Threads that compute: within an operation or, with onnxruntime and several samples, a"
              + " sample each.")
  private Integer threads;

  @Option(
      names = "--precision",
      completionCandidates = Choices.Precisions.class,
      paramLabel = "P",
      defaultValue = "float32",
      description = "float32, float64, tf32 or bf16, as the backend has.")
  private String precision;

  /** The device as it was written. */
  String device() {
    return device;
  }

  /** Tells a loader. */
  Loader apply(Loader loader) {
    loader.device(device).precision(Precision.of(precision));
    return threads == null ? loader : loader.threads(threads);
  }
}
