package org.pellucid.backend.cuda;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds kernels by name. What a kernel needs is loaded into the context when it is first asked for:
 * machine code where there is some for exactly this card, otherwise the PTX, which the driver
 * compiles. What is loaded stays in the driver's context, where the next library finds it.
 */
public final class KernelLibrary {
  private static final Logger LOG = LoggerFactory.getLogger(KernelLibrary.class);

  private static final int THREADS_PER_BLOCK = 0;
  private static final int SHARED_BYTES = 1;
  private static final int ERROR_LOG = 5;
  private static final int ERROR_LOG_BYTES = 6;
  private static final int LOG_CAPACITY = 16 << 10;

  private final CudaContext context;
  private final Map<String, Entry> entries = new HashMap<>();
  private final Map<String, Kernel> kernels = new ConcurrentHashMap<>();

  private record Entry(KernelImage image, KernelSignature signature) {}

  /**
   * Makes a library; nothing is loaded yet.
   *
   * @throws IllegalArgumentException if two images have a kernel of the same name
   */
  public KernelLibrary(CudaContext context, List<KernelImage> images) {
    this.context = context;
    for (KernelImage image : images) {
      image
          .signatures()
          .forEach(
              (name, signature) -> {
                Entry other = entries.put(name, new Entry(image, signature));
                if (other != null) {
                  throw new IllegalArgumentException(
                      "Kernel "
                          + name
                          + " is in "
                          + other.image.name()
                          + " and in "
                          + image.name());
                }
              });
    }
  }

  /**
   * A kernel.
   *
   * @throws IllegalArgumentException if there is none of that name
   * @throws CudaException if it cannot be loaded
   */
  public Kernel kernel(String name) {
    Kernel known = kernels.get(name);
    if (known != null) {
      return known;
    }
    Entry entry = entries.get(name);
    if (entry == null) {
      List<String> names = new ArrayList<>(entries.keySet());
      names.sort(null);
      throw new IllegalArgumentException("There is no kernel " + name + ", only " + names);
    }
    try (CudaContext.Use use = context.use()) {
      Kernel loaded = kernels.get(name);
      if (loaded == null) {
        loaded = load(entry);
        kernels.put(name, loaded);
      }
      return loaded;
    }
  }

  private Kernel load(Entry entry) {
    CudaDriver driver = context.driver();
    Long module = context.modules().get(entry.image.name());
    if (module == null) {
      module = loadModule(entry);
      context.modules().put(entry.image.name(), module);
    }
    long[] function = new long[1];
    context.check(
        driver.cuModuleGetFunction(function, module, entry.signature.name()),
        "cuModuleGetFunction",
        entry.signature.name());
    Kernel.Limits limits =
        new Kernel.Limits(
            attribute(entry, function[0], THREADS_PER_BLOCK),
            attribute(entry, function[0], SHARED_BYTES));
    return new Kernel(context, entry.signature, function[0], limits);
  }

  private int attribute(Entry entry, long function, int attribute) {
    int[] value = new int[1];
    context.check(
        context.driver().cuFuncGetAttribute(value, attribute, function),
        "cuFuncGetAttribute",
        entry.signature.name());
    return value[0];
  }

  private long loadModule(Entry entry) {
    KernelImage image = entry.image;
    Optional<byte[]> cubin = image.cubin(context.device().capability());
    long[] module = new long[1];
    if (cubin.isPresent()) {
      int result =
          context.driver().cuModuleLoadDataEx(module, cubin.get(), 0, new int[1], new long[1]);
      if (CudaResult.SUCCESS.is(result)) {
        return module[0];
      }
      LOG.warn(
          "Machine code of {} is not taken ({}); compiling its PTX",
          image.name(),
          new CudaFailures(context.driver()).name(result));
    }
    HostMemory log = HostMemory.allocate(LOG_CAPACITY);
    int[] options = {ERROR_LOG, ERROR_LOG_BYTES};
    long[] values = {log.address(), LOG_CAPACITY};
    int result =
        context
            .driver()
            .cuModuleLoadDataEx(module, image.ptxBytes(), options.length, options, values);
    if (!CudaResult.SUCCESS.is(result)) {
      boolean spoiled = CudaResult.of(result).filter(CudaResult::poisons).isPresent();
      throw spoiled
          ? context.failed(result, "cuModuleLoadDataEx", entry.signature.name())
          : notLoaded(entry, result, log.text());
    }
    // The driver wrote to it by its address.
    Reference.reachabilityFence(log);
    return module[0];
  }

  private CudaException notLoaded(Entry entry, int result, String log) {
    String name = new CudaFailures(context.driver()).name(result);
    String help =
        CudaResult.UNSUPPORTED_PTX_VERSION.is(result)
            ? "; a newer NVIDIA driver would take it"
            : "";
    return new CudaException(
        result,
        name,
        "cuModuleLoadDataEx",
        entry.signature.name(),
        "The driver does not compile the kernels of "
            + entry.image.name()
            + " for "
            + context.device()
            + ": "
            + name
            + " ("
            + result
            + ")"
            + help
            + (log.isEmpty() ? "" : ". It says: " + log));
  }
}
