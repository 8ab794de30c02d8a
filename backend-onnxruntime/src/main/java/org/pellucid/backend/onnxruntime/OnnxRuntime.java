package org.pellucid.backend.onnxruntime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.pellucid.api.BackendException;
import org.pellucid.api.Device;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ONNX Runtime in this JVM, started once, when it is first needed. Its environment is one for the
 * process and shared with whatever else uses ONNX Runtime here; it is never closed.
 */
final class OnnxRuntime {
  private static final Logger LOG = LoggerFactory.getLogger(OnnxRuntime.class);

  /** More cards than a machine has. */
  private static final int MOST_CARDS = 64;

  private static OnnxRuntime instance;
  private static String failure;

  private final OrtEnvironment environment;
  private final List<Device> devices;

  private OnnxRuntime(OrtEnvironment environment) {
    this.environment = environment;
    List<Device> found = new ArrayList<>(cards(environment));
    found.add(Device.CPU);
    this.devices = List.copyOf(found);
  }

  /**
   * ONNX Runtime, started at the first call. A failed start is not tried again: native libraries
   * that were half loaded stay so until the JVM ends.
   *
   * @throws BackendException saying what is missing
   */
  static synchronized OnnxRuntime get() {
    if (instance == null && failure == null) {
      try {
        instance = start();
      } catch (BackendException e) {
        failure = e.getMessage();
        throw e;
      }
    }
    if (instance == null) {
      throw new BackendException(failure);
    }
    return instance;
  }

  private static OnnxRuntime start() {
    try {
      // Naming the class does not start its natives yet.
      Reporting.objection(
              OrtEnvironment.class.getPackage().getImplementationVersion(),
              System.getProperty("os.name"),
              System.getenv(Reporting.SWITCH))
          .ifPresent(
              sentence -> {
                throw new BackendException(sentence);
              });
      OrtEnvironment environment = PluginNatives.start();
      // On Windows, where its start has been traced by now, nothing else is to be.
      environment.setTelemetry(false);
      return new OnnxRuntime(environment);
    } catch (BackendException e) {
      throw e;
    } catch (OrtException | RuntimeException | LinkageError e) {
      throw new BackendException(explain(e), e);
    }
  }

  private static String explain(Throwable failure) {
    StringBuilder causes = new StringBuilder();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      causes
          .append(causes.isEmpty() ? "" : ": ")
          .append(
              cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage());
    }
    String text = causes.toString();
    if (text.toLowerCase(Locale.ROOT).contains("already loaded in another")) {
      return "ONNX Runtime's natives are already loaded by another class loader of this JVM: put"
          + " com.microsoft.onnxruntime on the class path that the application and Pellucid share";
    }
    return failure instanceof NoClassDefFoundError && text.startsWith("ai/onnxruntime")
        ? "The onnxruntime backend finds no ONNX Runtime: add com.microsoft.onnxruntime:onnxruntime"
            + " (or onnxruntime_gpu, which has CUDA)"
        : "ONNX Runtime does not start: "
            + text
            + ". The package com.microsoft.onnxruntime:onnxruntime has natives for Linux"
            + " (x86-64 and AArch64), macOS on Apple silicon and Windows (x86-64)";
  }

  /**
   * Graphics cards are asked for only where the natives were built with CUDA. There is no function
   * that counts them: whether one is there shows when it is used.
   */
  private static List<Device> cards(OrtEnvironment environment) {
    List<Device> cards = new ArrayList<>();
    if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
      return cards;
    }
    for (int i = 0; i < MOST_CARDS; i++) {
      try (OrtSession.SessionOptions options = SessionSettings.quiet()) {
        SessionSettings.addCuda(options, i);
        environment.createSession(SmallestModel.bytes(), options).close();
        cards.add(Device.gpu(i));
      } catch (OrtException e) {
        LOG.debug("No graphics card {}: {}", i, e.getMessage());
        break;
      }
    }
    return cards;
  }

  OrtEnvironment environment() {
    return environment;
  }

  /** Where it can run, graphics cards first. */
  List<Device> devices() {
    return devices;
  }

  /** Version and devices in a few words. */
  String describe() {
    return "ONNX Runtime " + environment.getVersion() + " on " + devices;
  }
}
