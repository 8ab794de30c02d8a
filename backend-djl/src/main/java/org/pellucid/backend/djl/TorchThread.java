package org.pellucid.backend.djl;

import ai.djl.pytorch.jni.JniUtils;

/**
 * What PyTorch keeps per thread, set for one piece of work and put back afterwards: whether
 * operations are recorded for gradients, and that scripts run as they are written (the optimiser
 * would compile them anew for every shape).
 */
final class TorchThread implements AutoCloseable {
  private static final boolean OPTIMIZE =
      Boolean.parseBoolean(System.getProperty("ai.djl.pytorch.graph_optimizer", "true"));

  private final boolean recordedBefore;

  private TorchThread(boolean record) {
    this.recordedBefore = JniUtils.isGradMode();
    JniUtils.setGradMode(record);
    JniUtils.setGraphExecutorOptimize(false);
  }

  /**
   * Prepares the calling thread.
   *
   * @param threads the number of threads within an operation. PyTorch keeps it per calling thread
   *     and as the default of threads to come; setting it drops prepared convolutions, so that is
   *     done only where it changes
   */
  static TorchThread recording(boolean record, int threads) {
    if (JniUtils.getNumThreads() != threads) {
      JniUtils.setNumThreads(threads);
    }
    return new TorchThread(record);
  }

  @Override
  public void close() {
    JniUtils.setGraphExecutorOptimize(OPTIMIZE);
    JniUtils.setGradMode(recordedBefore);
  }
}
