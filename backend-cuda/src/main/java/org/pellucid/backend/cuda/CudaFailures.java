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
    String what = kernel == null ? call : "kernel " + kernel + " (" + call + ")";
    return new CudaException(result, name(result), call, kernel, describe(result, what));
  }

  /** A call reports what failed before it. */
  CudaException late(int result, String call, String lastKernel) {
    String message =
        describe(result, call)
            + ". A kernel that was launched before failed, "
            + lastKernel
            + " at the latest; with -D"
            + CudaContext.SYNCHRONOUS
            + "=true the message names it";
    return new CudaException(result, name(result), call, null, message);
  }

  private String describe(int result, String what) {
    return "CUDA: "
        + what
        + " failed with "
        + name(result)
        + " ("
        + result
        + ")"
        + driver.errorText(result).map(text -> ": " + text).orElse("");
  }
}
