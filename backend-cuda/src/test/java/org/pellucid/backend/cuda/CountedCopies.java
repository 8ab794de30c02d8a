package org.pellucid.backend.cuda;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** Counts what a driver copies from the card. */
final class CountedCopies {
  private final CudaDriver driver;
  private long bytes;

  CountedCopies(CudaDriver counted) {
    driver =
        (CudaDriver)
            Proxy.newProxyInstance(
                CudaDriver.class.getClassLoader(),
                new Class<?>[] {CudaDriver.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("cuMemcpyDtoHAsync")) {
                    bytes += (Long) arguments[2];
                  }
                  try {
                    return method.invoke(counted, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
  }

  /** The driver, counted. */
  CudaDriver driver() {
    return driver;
  }

  /** The bytes that came from the card since this was asked. */
  long taken() {
    long all = bytes;
    bytes = 0;
    return all;
  }
}
