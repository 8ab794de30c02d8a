package org.pellucid.backend.onnxruntime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import org.pellucid.api.Device;
import org.pellucid.api.LoadOptions;

/** How sessions are set up; the reasons are measurements, told in {@code bench/README.md}. */
final class SessionSettings {
  private SessionSettings() {}

  /** Settings of ONNX Runtime, without a word on the console. */
  static SessionOptions quiet() throws OrtException {
    SessionOptions settings = new SessionOptions();
    // What goes wrong comes as an exception.
    settings.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    return settings;
  }

  /** Settings for a model; to be closed by the caller. */
  static SessionOptions of(LoadOptions options) throws OrtException {
    SessionOptions settings = quiet();
    try {
      settings.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
      settings.setExecutionMode(SessionOptions.ExecutionMode.SEQUENTIAL);
      settings.setInterOpNumThreads(1);
      if (options.threads().isPresent()) {
        settings.setIntraOpNumThreads(options.threads().getAsInt());
      }
      // It moves the zeros of a Pad into a max-pool, where padding is never the largest element.
      settings.addConfigEntry("optimization.disable_specified_optimizers", "Pad_Fusion");
      // Threads of one session would otherwise still spin while the next one runs.
      settings.addConfigEntry("session.force_spinning_stop", "1");
      settings.setDeterministicCompute(options.deterministic());
      if (options.device().kind() == Device.Kind.GPU) {
        addCuda(settings, options.device().index());
      }
      return settings;
    } catch (OrtException | RuntimeException e) {
      settings.close();
      throw e;
    }
  }

  /** Adds a graphics card, with products in float32 rather than TF32. */
  static void addCuda(SessionOptions settings, int index) throws OrtException {
    try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions(index)) {
      cuda.add("use_tf32", "0");
      settings.addCUDA(cuda);
    }
  }
}
