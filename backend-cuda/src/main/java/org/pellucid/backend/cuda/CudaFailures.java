package org.pellucid.backend.cuda;

/** Turns results of the driver's calls into exceptions. */
record CudaFailures(CudaDriver driver) {
  void check(int result, String call) {
    if (!CudaResult.SUCCESS.is(result)) {
      throw failure(result, call, null);
    }
  }

  /** The driver's name of a result, or else ours. */
  String name(int result) {
    return driver
        .errorName(result)
        .or(() -> CudaResult.of(result).map(known -> "CUDA_ERROR_" + known.name()))
        .orElse("CUresult " + result);
  }

  /** A call failed; {@code kernel} is null unless one was launched. */
  CudaException failure(int result, String call, String kernel) {
    return new CudaException(result, name(result), call, kernel, describe(result, call, kernel));
  }

  /**
   * A call reports what failed before it, or itself; {@code kernel} is null unless it is for one.
   */
  CudaException late(int result, String call, String kernel, String lastKernel) {
    String message =
        describe(result, call, kernel)
            + ". A kernel that was launched before failed, "
            + lastKernel
            + " at the latest; with -D"
            + CudaContext.SYNCHRONOUS
            + "=true the message names it";
    return new CudaException(result, name(result), call, kernel, message);
  }

  private String describe(int result, String call, String kernel) {
    return "CUDA: "
        + (kernel == null ? call : "kernel " + kernel + " (" + call + ")")
        + " failed with "
        + name(result)
        + " ("
        + result
        + ")"
        + driver.errorText(result).map(text -> ": " + text).orElse("");
  }
}
