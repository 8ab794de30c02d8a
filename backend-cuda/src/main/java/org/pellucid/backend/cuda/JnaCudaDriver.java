package org.pellucid.backend.cuda;

import com.sun.jna.FunctionMapper;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.api.BackendException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The system's CUDA driver, through JNA. Calls are mapped directly, which costs a quarter of a
 * microsecond for a launch: JNA binds the native methods to the functions of the library. The
 * handful that older drivers lack are in a class of their own, since it binds all of a class or
 * nothing.
 */
final class JnaCudaDriver implements CudaDriver {
  /** The system property that names the driver's library, by name or path. */
  static final String LIBRARY = "pellucid.cuda.library";

  private static final Logger LOG = LoggerFactory.getLogger(JnaCudaDriver.class);

  /** Functions whose names end with the version of their binary interface. */
  private static final Set<String> SECOND_VERSION =
      Set.of(
          "cuDeviceTotalMem",
          "cuCtxCreate",
          "cuCtxDestroy",
          "cuCtxPushCurrent",
          "cuCtxPopCurrent",
          "cuStreamDestroy",
          "cuStreamBeginCapture",
          "cuMemAlloc",
          "cuMemFree",
          "cuMemGetInfo",
          "cuMemcpyHtoDAsync",
          "cuMemcpyDtoHAsync",
          "cuMemcpyDtoDAsync");

  private static final FunctionMapper EXPORTED =
      (library, method) ->
          SECOND_VERSION.contains(method.getName()) ? method.getName() + "_v2" : method.getName();

  private final Optional<CudaGraphCalls> graphCalls;

  private JnaCudaDriver(Optional<CudaGraphCalls> graphCalls) {
    this.graphCalls = graphCalls;
  }

  /** The library's name on this system, unless the property {@value #LIBRARY} names another. */
  static String libraryName() {
    String system =
        System.getProperty("os.name", "").startsWith("Windows") ? "nvcuda" : "libcuda.so.1";
    return System.getProperty(LIBRARY, system);
  }

  /**
   * Binds the driver. Nothing of it is called yet.
   *
   * @throws BackendException saying what is missing
   */
  static JnaCudaDriver load() {
    String name = libraryName();
    NativeLibrary library = open(name);
    try {
      Native.register(JnaCudaDriver.class, library);
    } catch (UnsatisfiedLinkError e) {
      throw new BackendException(
          "The library "
              + name
              + " is not a CUDA driver that is new enough ("
              + e.getMessage()
              + "): install an NVIDIA driver for CUDA 11 or newer",
          e);
    }
    return new JnaCudaDriver(graphCalls(library));
  }

  private static NativeLibrary open(String name) {
    try {
      return NativeLibrary.getInstance(name, Map.of(Library.OPTION_FUNCTION_MAPPER, EXPORTED));
    } catch (UnsatisfiedLinkError e) {
      LOG.debug("No CUDA driver", e);
      throw new BackendException(
          "There is no NVIDIA driver here: the library "
              + name
              + " cannot be loaded. Install the driver of the graphics card (nvidia-smi must work),"
              + " or name its library with -D"
              + LIBRARY
              + "=PATH",
          e);
    } catch (LinkageError e) {
      throw new BackendException(
          "JNA, which calls the NVIDIA driver, does not start: "
              + e
              + ". It unpacks natives of its own into java.io.tmpdir, where files must be"
              + " executable",
          e);
    }
  }

  private static Optional<CudaGraphCalls> graphCalls(NativeLibrary library) {
    try {
      Native.register(GraphCalls.class, library);
      return Optional.of(new GraphCalls());
    } catch (UnsatisfiedLinkError e) {
      LOG.debug("The driver cannot record launches", e);
      return Optional.empty();
    }
  }

  @Override
  public native int cuInit(int flags);

  @Override
  public native int cuDriverGetVersion(int[] version);

  @Override
  public native int cuDeviceGetCount(int[] count);

  @Override
  public native int cuDeviceGet(int[] device, int ordinal);

  @Override
  public native int cuDeviceGetName(byte[] name, int length, int device);

  @Override
  public native int cuDeviceGetUuid(byte[] uuid, int device);

  @Override
  public native int cuDeviceTotalMem(long[] bytes, int device);

  @Override
  public native int cuDeviceGetAttribute(int[] value, int attribute, int device);

  @Override
  public native int cuCtxCreate(long[] context, int flags, int device);

  @Override
  public native int cuCtxDestroy(long context);

  @Override
  public native int cuCtxPushCurrent(long context);

  @Override
  public native int cuCtxPopCurrent(long[] context);

  @Override
  public native int cuStreamCreate(long[] stream, int flags);

  @Override
  public native int cuStreamDestroy(long stream);

  @Override
  public native int cuStreamSynchronize(long stream);

  @Override
  public native int cuMemAlloc(long[] address, long bytes);

  @Override
  public native int cuMemFree(long address);

  @Override
  public native int cuMemGetInfo(long[] free, long[] total);

  @Override
  public native int cuMemHostAlloc(long[] address, long bytes, int flags);

  @Override
  public native int cuMemFreeHost(long address);

  @Override
  public native int cuMemcpyHtoDAsync(long device, long host, long bytes, long stream);

  @Override
  public native int cuMemcpyDtoHAsync(long host, long device, long bytes, long stream);

  @Override
  public native int cuMemcpyDtoDAsync(long target, long source, long bytes, long stream);

  @Override
  public native int cuMemsetD8Async(long address, byte value, long count, long stream);

  @Override
  public native int cuModuleLoadDataEx(
      long[] module, byte[] image, int count, int[] options, long[] values);

  @Override
  public native int cuModuleGetFunction(long[] function, long module, String name);

  @Override
  public native int cuFuncGetAttribute(int[] value, int attribute, long function);

  @Override
  public native int cuFuncSetAttribute(long function, int attribute, int value);

  @Override
  public native int cuLaunchKernel(
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

  private static native int cuGetErrorName(int result, long[] text);

  private static native int cuGetErrorString(int result, long[] text);

  @Override
  public Optional<String> errorName(int result) {
    long[] text = new long[1];
    return text(cuGetErrorName(result, text), text[0]);
  }

  @Override
  public Optional<String> errorText(int result) {
    long[] text = new long[1];
    return text(cuGetErrorString(result, text), text[0]);
  }

  private static Optional<String> text(int result, long address) {
    return CudaResult.SUCCESS.is(result) && address != 0
        ? Optional.of(new Pointer(address).getString(0))
        : Optional.empty();
  }

  @Override
  public Optional<CudaGraphCalls> graphCalls() {
    return graphCalls;
  }

  /** Those that came later. */
  private static final class GraphCalls implements CudaGraphCalls {
    @Override
    public native int cuStreamBeginCapture(long stream, int mode);

    @Override
    public native int cuStreamEndCapture(long stream, long[] graph);

    @Override
    public native int cuGraphInstantiateWithFlags(long[] executable, long graph, long flags);

    @Override
    public native int cuGraphLaunch(long executable, long stream);

    @Override
    public native int cuGraphExecDestroy(long executable);

    @Override
    public native int cuGraphDestroy(long graph);
  }
}
