package org.pellucid.backend.cuda;

import java.util.HashMap;
import java.util.Map;

/**
 * The driver's side of a {@link CudaContext}: its context on a card, with one stream and what was
 * loaded of kernels. Making one takes the driver a tenth of a second, so that it may serve one
 * model after the other.
 */
final class DriverContext {
  /** {@code CU_STREAM_NON_BLOCKING}: the stream does not wait for others. */
  private static final int NON_BLOCKING = 1;

  private final CudaDriver driver;
  private final CudaDevice device;
  private final long handle;
  private final long stream;
  private final Map<String, Long> modules = new HashMap<>();

  private DriverContext(CudaDriver driver, CudaDevice device, long handle, long stream) {
    this.driver = driver;
    this.device = device;
    this.handle = handle;
    this.stream = stream;
  }

  /**
   * Makes one.
   *
   * @throws CudaException if the driver does not
   */
  static DriverContext make(CudaDriver driver, CudaDevice device) {
    long[] context = new long[1];
    CudaFailures failures = new CudaFailures(driver);
    failures.check(driver.cuCtxCreate(context, 0, device.handle()), "cuCtxCreate");
    try {
      long[] stream = new long[1];
      failures.check(driver.cuStreamCreate(stream, NON_BLOCKING), "cuStreamCreate");
      failures.check(driver.cuCtxPopCurrent(new long[1]), "cuCtxPopCurrent");
      return new DriverContext(driver, device, context[0], stream[0]);
    } catch (CudaException e) {
      driver.cuCtxDestroy(context[0]);
      throw e;
    }
  }

  CudaDriver driver() {
    return driver;
  }

  CudaDevice device() {
    return device;
  }

  long handle() {
    return handle;
  }

  long stream() {
    return stream;
  }

  /** What was loaded, by the names of the images; of who has the context. */
  Map<String, Long> modules() {
    return modules;
  }

  /** Ends it; what fails here was spoiled before. */
  void destroy() {
    driver.cuCtxPushCurrent(handle);
    driver.cuStreamDestroy(stream);
    driver.cuCtxDestroy(handle);
  }
}
