package org.pellucid.backend.djl;

import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.pellucid.api.BackendException;
import org.pellucid.api.Device;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The PyTorch engine of this JVM, started once, when it is first needed. Nothing is downloaded: the
 * natives come from the class path or from {@code PYTORCH_LIBRARY_PATH}.
 */
final class Torch {
  private static final Logger LOG = LoggerFactory.getLogger(Torch.class);
  private static final String NATIVES = "native/lib/pytorch.properties";
  private static final String JNI = "jnilib/pytorch.properties";

  private static Torch instance;
  private static String failure;

  private final Engine engine;
  private final int defaultThreads;
  private final List<Device> devices;

  private Torch(Engine engine) {
    this.engine = engine;
    this.defaultThreads = JniUtils.getNumThreads();
    List<Device> found = new ArrayList<>();
    for (int i = 0; i < gpus(engine); i++) {
      found.add(Device.gpu(i));
    }
    found.add(Device.CPU);
    this.devices = List.copyOf(found);
  }

  /** CUDA is asked only where the natives were built with it. */
  private static int gpus(Engine engine) {
    try {
      return engine.getGpuCount();
    } catch (RuntimeException | LinkageError e) {
      LOG.warn("Graphics cards could not be counted and are not used: {}", e.toString());
      return 0;
    }
  }

  /**
   * The engine, started at the first call. A failed start is not tried again: native libraries that
   * were half loaded stay so until the JVM ends.
   *
   * @throws BackendException saying what is missing
   */
  static synchronized Torch get() {
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

  private static Torch start() {
    ClassLoader loader = Torch.class.getClassLoader();
    requireResources(loader);
    OneClassLoader.require();
    // DJL would otherwise ask the network for natives and, on some clouds, report its use.
    setUnlessSet("ai.djl.offline", "DJL_OFFLINE");
    setUnlessSet("OPT_OUT_TRACKING", "OPT_OUT_TRACKING");
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    // DJL looks for its engines and natives through the thread's class loader, which in a plugin
    // is not the one that has them.
    thread.setContextClassLoader(loader);
    try {
      return new Torch(Engine.getEngine("PyTorch"));
    } catch (RuntimeException | LinkageError | AssertionError e) {
      throw new BackendException(explain(e), e);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** Says what to add where natives are missing, before DJL would look for them elsewhere. */
  static void requireResources(ClassLoader loader) {
    if (System.getenv("PYTORCH_LIBRARY_PATH") != null
        || System.getProperty("PYTORCH_LIBRARY_PATH") != null) {
      return;
    }
    if (loader.getResource(NATIVES) == null) {
      throw new BackendException(
          "The djl backend has no PyTorch natives: add ai.djl.pytorch:pytorch-native-cpu:2.7.1 with"
              + " the classifier of this platform (linux-x86_64, linux-aarch64, osx-aarch64 or"
              + " win-x86_64)");
    }
    if (loader.getResource(JNI) == null) {
      throw new BackendException(
          "The djl backend has no JNI library: add ai.djl.pytorch:pytorch-jni:2.7.1-0.35.1");
    }
  }

  private static void setUnlessSet(String property, String variable) {
    if (System.getProperty(property) == null && System.getenv(variable) == null) {
      System.setProperty(property, "true");
    }
  }

  private static String explain(Throwable failure) {
    StringBuilder causes = new StringBuilder();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      causes.append(causes.isEmpty() ? "" : ": ").append(firstLine(cause));
    }
    if (causes.toString().toLowerCase(Locale.ROOT).contains("already loaded in another")) {
      return OneClassLoader.TAKEN;
    }
    return "The PyTorch engine does not start: " + causes;
  }

  /** The first line of a failure's message; native ones carry a stack trace below it. */
  static String firstLine(Throwable failure) {
    String message = failure.getMessage();
    return message == null || message.isBlank()
        ? failure.getClass().getSimpleName()
        : message.strip().lines().findFirst().orElseThrow();
  }

  /** Version and natives in a few words. */
  String describe() {
    return "PyTorch "
        + engine.getVersion()
        + " through DJL "
        + Engine.getDjlVersion()
        + " on "
        + devices;
  }

  /** Where it can run, graphics cards first. */
  List<Device> devices() {
    return devices;
  }

  /** The threads within an operation that the engine chose when it was started. */
  int defaultThreads() {
    return defaultThreads;
  }

  /** A manager of native arrays, to be closed by the caller. */
  PtNDManager newManager(Device device) {
    return (PtNDManager) engine.newBaseManager(translate(device));
  }

  private static ai.djl.Device translate(Device device) {
    return device.kind() == Device.Kind.CPU
        ? ai.djl.Device.cpu()
        : ai.djl.Device.gpu(device.index());
  }
}
