package org.pellucid.backend.cuda;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.util.Optional;
import org.pellucid.api.BackendException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The system's CUDA driver, through JNA. Calls are mapped directly, which costs a quarter of a
 * microsecond for a launch; the handful that older drivers lack are in a class of their own, since
 * JNA binds all of a class or nothing.
 */
final class JnaCudaDriver implements CudaDriver {
  /** The system property that names the driver's library, by name or path. */
  static final String LIBRARY = "pellucid.cuda.library";

  private static final Logger LOG = LoggerFactory.getLogger(JnaCudaDriver.class);

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
      Native.register(DriverFunctions.class, library);
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
      return NativeLibrary.getInstance(name);
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
      Native.register(GraphFunctions.class, library);
      return Optional.of(new GraphCalls());
    } catch (UnsatisfiedLinkError e) {
      LOG.debug("The driver cannot record launches", e);
      return Optional.empty();
    }
  }

  /** The functions of the library, under the names that it exports. */
  private static final class DriverFunctions {
    static native int cuInit(int flags);

    static native int cuDriverGetVersion(int[] version);

    static native int cuDeviceGetCount(int[] count);

    static native int cuDeviceGet(int[] device, int ordinal);

    static native int cuDeviceGetName(byte[] name, int length, int device);

    static native int cuDeviceGetUuid(byte[] uuid, int device);

    static native int cuDeviceTotalMem_v2(long[] bytes, int device);

    static native int cuDeviceGetAttribute(int[] value, int attribute, int device);

    static native int cuCtxCreate_v2(long[] context, int flags, int device);

    static native int cuCtxDestroy_v2(long context);

    static native int cuCtxPushCurrent_v2(long context);

    static native int cuCtxPopCurrent_v2(long[] context);

    static native int cuStreamCreate(long[] stream, int flags);

    static native int cuStreamDestroy_v2(long stream);

    static native int cuStreamSynchronize(long stream);

    static native int cuMemAlloc_v2(long[] address, long bytes);

    static native int cuMemFree_v2(long address);

    static native int cuMemGetInfo_v2(long[] free, long[] total);

    static native int cuMemHostAlloc(long[] address, long bytes, int flags);

    static native int cuMemFreeHost(long address);

    static native int cuMemcpyHtoDAsync_v2(long device, long host, long bytes, long stream);

    static native int cuMemcpyDtoHAsync_v2(long host, long device, long bytes, long stream);

    static native int cuMemcpyDtoDAsync_v2(long target, long source, long bytes, long stream);

    static native int cuMemsetD32Async(long address, int value, long count, long stream);

    static native int cuMemsetD8Async(long address, byte value, long count, long stream);

    static native int cuModuleLoadDataEx(
        long[] module, byte[] image, int count, int[] options, long[] values);

    static native int cuModuleGetFunction(long[] function, long module, String name);

    static native int cuFuncGetAttribute(int[] value, int attribute, long function);

    static native int cuFuncSetAttribute(long function, int attribute, int value);

    static native int cuLaunchKernel(
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

    static native int cuGetErrorName(int result, long[] text);

    static native int cuGetErrorString(int result, long[] text);

    private DriverFunctions() {}
  }

  /** Those that came later. */
  private static final class GraphFunctions {
    static native int cuStreamBeginCapture_v2(long stream, int mode);

    static native int cuStreamEndCapture(long stream, long[] graph);

    static native int cuGraphInstantiateWithFlags(long[] executable, long graph, long flags);

    static native int cuGraphLaunch(long executable, long stream);

    static native int cuGraphExecDestroy(long executable);

    static native int cuGraphDestroy(long graph);

    private GraphFunctions() {}
  }

  @Override
  public int cuInit(int flags) {
    return DriverFunctions.cuInit(flags);
  }

  @Override
  public int cuDriverGetVersion(int[] version) {
    return DriverFunctions.cuDriverGetVersion(version);
  }

  @Override
  public int cuDeviceGetCount(int[] count) {
    return DriverFunctions.cuDeviceGetCount(count);
  }

  @Override
  public int cuDeviceGet(int[] device, int ordinal) {
    return DriverFunctions.cuDeviceGet(device, ordinal);
  }

  @Override
  public int cuDeviceGetName(byte[] name, int length, int device) {
    return DriverFunctions.cuDeviceGetName(name, length, device);
  }

  @Override
  public int cuDeviceGetUuid(byte[] uuid, int device) {
    return DriverFunctions.cuDeviceGetUuid(uuid, device);
  }

  @Override
  public int cuDeviceTotalMem(long[] bytes, int device) {
    return DriverFunctions.cuDeviceTotalMem_v2(bytes, device);
  }

  @Override
  public int cuDeviceGetAttribute(int[] value, int attribute, int device) {
    return DriverFunctions.cuDeviceGetAttribute(value, attribute, device);
  }

  @Override
  public int cuCtxCreate(long[] context, int flags, int device) {
    return DriverFunctions.cuCtxCreate_v2(context, flags, device);
  }

  @Override
  public int cuCtxDestroy(long context) {
    return DriverFunctions.cuCtxDestroy_v2(context);
  }

  @Override
  public int cuCtxPushCurrent(long context) {
    return DriverFunctions.cuCtxPushCurrent_v2(context);
  }

  @Override
  public int cuCtxPopCurrent(long[] context) {
    return DriverFunctions.cuCtxPopCurrent_v2(context);
  }

  @Override
  public int cuStreamCreate(long[] stream, int flags) {
    return DriverFunctions.cuStreamCreate(stream, flags);
  }

  @Override
  public int cuStreamDestroy(long stream) {
    return DriverFunctions.cuStreamDestroy_v2(stream);
  }

  @Override
  public int cuStreamSynchronize(long stream) {
    return DriverFunctions.cuStreamSynchronize(stream);
  }

  @Override
  public int cuMemAlloc(long[] address, long bytes) {
    return DriverFunctions.cuMemAlloc_v2(address, bytes);
  }

  @Override
  public int cuMemFree(long address) {
    return DriverFunctions.cuMemFree_v2(address);
  }

  @Override
  public int cuMemGetInfo(long[] free, long[] total) {
    return DriverFunctions.cuMemGetInfo_v2(free, total);
  }

  @Override
  public int cuMemHostAlloc(long[] address, long bytes, int flags) {
    return DriverFunctions.cuMemHostAlloc(address, bytes, flags);
  }

  @Override
  public int cuMemFreeHost(long address) {
    return DriverFunctions.cuMemFreeHost(address);
  }

  @Override
  public int cuMemcpyHtoDAsync(long device, long host, long bytes, long stream) {
    return DriverFunctions.cuMemcpyHtoDAsync_v2(device, host, bytes, stream);
  }

  @Override
  public int cuMemcpyDtoHAsync(long host, long device, long bytes, long stream) {
    return DriverFunctions.cuMemcpyDtoHAsync_v2(host, device, bytes, stream);
  }

  @Override
  public int cuMemcpyDtoDAsync(long target, long source, long bytes, long stream) {
    return DriverFunctions.cuMemcpyDtoDAsync_v2(target, source, bytes, stream);
  }

  @Override
  public int cuMemsetD32Async(long address, int value, long count, long stream) {
    return DriverFunctions.cuMemsetD32Async(address, value, count, stream);
  }

  @Override
  public int cuMemsetD8Async(long address, byte value, long count, long stream) {
    return DriverFunctions.cuMemsetD8Async(address, value, count, stream);
  }

  @Override
  public int cuModuleLoadDataEx(
      long[] module, byte[] image, int count, int[] options, long[] values) {
    return DriverFunctions.cuModuleLoadDataEx(module, image, count, options, values);
  }

  @Override
  public int cuModuleGetFunction(long[] function, long module, String name) {
    return DriverFunctions.cuModuleGetFunction(function, module, name);
  }

  @Override
  public int cuFuncGetAttribute(int[] value, int attribute, long function) {
    return DriverFunctions.cuFuncGetAttribute(value, attribute, function);
  }

  @Override
  public int cuFuncSetAttribute(long function, int attribute, int value) {
    return DriverFunctions.cuFuncSetAttribute(function, attribute, value);
  }

  @Override
  public int cuLaunchKernel(
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
      long extra) {
    return DriverFunctions.cuLaunchKernel(
        function,
        gridX,
        gridY,
        gridZ,
        blockX,
        blockY,
        blockZ,
        sharedBytes,
        stream,
        parameters,
        extra);
  }

  @Override
  public Optional<String> errorName(int result) {
    long[] text = new long[1];
    return text(DriverFunctions.cuGetErrorName(result, text), text[0]);
  }

  @Override
  public Optional<String> errorText(int result) {
    long[] text = new long[1];
    return text(DriverFunctions.cuGetErrorString(result, text), text[0]);
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

  private static final class GraphCalls implements CudaGraphCalls {

    @Override
    public int cuStreamBeginCapture(long stream, int mode) {
      return GraphFunctions.cuStreamBeginCapture_v2(stream, mode);
    }

    @Override
    public int cuStreamEndCapture(long stream, long[] graph) {
      return GraphFunctions.cuStreamEndCapture(stream, graph);
    }

    @Override
    public int cuGraphInstantiateWithFlags(long[] executable, long graph, long flags) {
      return GraphFunctions.cuGraphInstantiateWithFlags(executable, graph, flags);
    }

    @Override
    public int cuGraphLaunch(long executable, long stream) {
      return GraphFunctions.cuGraphLaunch(executable, stream);
    }

    @Override
    public int cuGraphExecDestroy(long executable) {
      return GraphFunctions.cuGraphExecDestroy(executable);
    }

    @Override
    public int cuGraphDestroy(long graph) {
      return GraphFunctions.cuGraphDestroy(graph);
    }
  }
}
