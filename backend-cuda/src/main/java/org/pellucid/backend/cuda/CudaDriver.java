package org.pellucid.backend.cuda;

import java.util.Optional;

/**
 * The calls of the CUDA driver API that are used, under their names and with their meaning there
 * (NVIDIA, "CUDA Driver API"), without the suffixes of versions. Handles and addresses of device
 * and host memory are {@code long}; what C returns through a pointer goes into element 0 of an
 * array. Each call returns a {@code CUresult}: see {@link CudaResult}.
 *
 * <p>Safe for use by several threads to the extent that the driver is: the current context belongs
 * to a thread.
 */
public interface CudaDriver {
  /** Starts the driver; {@code flags} is 0. */
  int cuInit(int flags);

  /** The newest CUDA version that the driver knows: 13000 is 13.0. */
  int cuDriverGetVersion(int[] version);

  /** How many cards there are. */
  int cuDeviceGetCount(int[] count);

  /** A card's handle by its number. */
  int cuDeviceGet(int[] device, int ordinal);

  /** A card's name in ASCII, ended by a zero byte. */
  int cuDeviceGetName(byte[] name, int length, int device);

  /** A card's UUID, 16 bytes. */
  int cuDeviceGetUuid(byte[] uuid, int device);

  /** A card's memory in bytes. */
  int cuDeviceTotalMem(long[] bytes, int device);

  /** A property of a card: {@code CUdevice_attribute}. */
  int cuDeviceGetAttribute(int[] value, int attribute, int device);

  /** Makes a context and makes it the thread's current one. */
  int cuCtxCreate(long[] context, int flags, int device);

  /** Ends a context and frees all that it holds. */
  int cuCtxDestroy(long context);

  /** Makes a context the thread's current one until it is popped. */
  int cuCtxPushCurrent(long context);

  /** Makes the context before the current one current again. */
  int cuCtxPopCurrent(long[] context);

  /** Makes a stream in the current context. */
  int cuStreamCreate(long[] stream, int flags);

  /** Ends a stream. */
  int cuStreamDestroy(long stream);

  /** Waits until all that was given to a stream is done, and reports what failed of it. */
  int cuStreamSynchronize(long stream);

  /** Allocates device memory, aligned to 256 bytes at least. */
  int cuMemAlloc(long[] address, long bytes);

  /** Frees device memory. */
  int cuMemFree(long address);

  /** The free and the total bytes of the current context's card. */
  int cuMemGetInfo(long[] free, long[] total);

  /** Allocates page-locked host memory. */
  int cuMemHostAlloc(long[] address, long bytes, int flags);

  /** Frees page-locked host memory. */
  int cuMemFreeHost(long address);

  /** Copies from host memory; page-locked memory must stay until the stream came to the copy. */
  int cuMemcpyHtoDAsync(long device, long host, long bytes, long stream);

  /** Copies to host memory. */
  int cuMemcpyDtoHAsync(long host, long device, long bytes, long stream);

  /** Copies within device memory. */
  int cuMemcpyDtoDAsync(long target, long source, long bytes, long stream);

  /** Sets {@code count} bytes. */
  int cuMemsetD8Async(long address, byte value, long count, long stream);

  /**
   * Loads a cubin, or compiles PTX that ends with a zero byte.
   *
   * @param options {@code CUjit_option}s
   * @param values the options' values: numbers or addresses, some overwritten with results
   */
  int cuModuleLoadDataEx(long[] module, byte[] image, int count, int[] options, long[] values);

  /** A kernel by name. */
  int cuModuleGetFunction(long[] function, long module, String name);

  /** A property of a kernel: {@code CUfunction_attribute}. */
  int cuFuncGetAttribute(int[] value, int attribute, long function);

  /** Changes a property of a kernel. */
  int cuFuncSetAttribute(long function, int attribute, int value);

  /**
   * Starts a kernel.
   *
   * @param parameters address of an array of addresses, one per parameter of the kernel
   * @param extra 0
   */
  int cuLaunchKernel(
      long function,
      int gridX,
      int gridY,
      int gridZ,
      int blockX,
      int blockY,
      int blockZ,
      int sharedBytes,
      long stream,
      long parameters,
      long extra);

  /** The driver's name of a result, {@code CUDA_ERROR_ILLEGAL_ADDRESS}; empty when it has none. */
  Optional<String> errorName(int result);

  /** What the driver says about a result, as precisely as it can; empty when it says nothing. */
  Optional<String> errorText(int result);

  /** The calls for graphs; empty when the driver lacks them. */
  Optional<CudaGraphCalls> graphCalls();
}
