package org.pellucid.backend.cuda;

import java.util.Optional;
import org.pellucid.api.BackendException;

/** A call of the CUDA driver that failed. */
public class CudaException extends BackendException {
  private static final long serialVersionUID = 1L;

  private final int code;
  private final String name;
  private final String call;
  private final String kernel;

  /**
   * Makes the failure.
   *
   * @param code the {@code CUresult}
   * @param name its name, {@code CUDA_ERROR_ILLEGAL_ADDRESS}
   * @param call the call that reported it, {@code cuLaunchKernel}
   * @param kernel the kernel that was launched or loaded, or null
   * @param message for a person
   */
  CudaException(int code, String name, String call, String kernel, String message) {
    super(message);
    this.code = code;
    this.name = name;
    this.call = call;
    this.kernel = kernel;
  }

  @Override
  public boolean isOutOfMemory() {
    return CudaResult.OUT_OF_MEMORY.is(code);
  }

  /** The {@code CUresult}. */
  public int code() {
    return code;
  }

  /** The name of the result, {@code CUDA_ERROR_ILLEGAL_ADDRESS}. */
  public String name() {
    return name;
  }

  /** The call that reported it, {@code cuLaunchKernel}. */
  public String call() {
    return call;
  }

  /** The kernel that was launched or loaded; empty for other calls. */
  public Optional<String> kernel() {
    return Optional.ofNullable(kernel);
  }
}
