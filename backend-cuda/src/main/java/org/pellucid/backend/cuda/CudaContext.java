package org.pellucid.backend.cuda;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A context of its own on a card, with one stream: what is given to it is done in the order given.
 * It holds buffers, kernels and graphs, which end with it.
 *
 * <p><b>Threads.</b> One thread at a time has it; others wait. Each call takes it for itself;
 * {@link #use} takes it for several, which is also cheaper. The thread's own current context is
 * left as it was.
 *
 * <p><b>Failures.</b> Most leave the context as it was. A kernel that reads or writes outside of
 * its memory, and some others ({@link CudaResult#poisons}), spoil the context: what is asked of it
 * afterwards is refused, with what spoiled it. It can then only be closed; another context on the
 * same card works.
 *
 * <p>Launches do not wait for the kernel, so its failure is reported by a later call. With the
 * system property {@code pellucid.cuda.synchronous} set to {@code true} each launch waits, and the
 * failure names its kernel. {@code pellucid.cuda.times=FILE} makes them wait as well, and writes
 * how long each kernel took when the context is closed.
 */
public final class CudaContext implements AutoCloseable {
  /** The system property that makes launches wait. */
  public static final String SYNCHRONOUS = "pellucid.cuda.synchronous";

  private static final Logger LOG = LoggerFactory.getLogger(CudaContext.class);

  /** Memory for what goes between the Java heap and the card. */
  private static final int STAGING_BYTES = 4 << 20;

  private final CudaDriver driver;
  private final CudaDevice device;
  private final CardMemory card;
  private final DriverContext own;
  private final Predicate<DriverContext> keeper;
  private final LaunchTimes times = LaunchTimes.ifAsked();
  private final boolean synchronous = Boolean.getBoolean(SYNCHRONOUS) || times != null;
  private final ReentrantLock lock = new ReentrantLock();
  private final Set<DeviceBuffer> buffers = new HashSet<>();
  private final Set<CudaGraph> graphs = new HashSet<>();
  private final HostMemory arguments = HostMemory.allocate(ArgumentPacker.MOST_BYTES);

  private MemoryUse memory = new MemoryUse(0, 0, 0);
  private Staging staging;

  /** The last kernel that nobody has waited for at its launch. */
  private String lastKernel;

  private CudaException poison;
  private boolean capturing;
  private volatile boolean closed;

  /**
   * A context.
   *
   * @param own the driver's side of it, which it ends
   * @param card counts what it allocates, too
   * @param keeper takes the driver's side over when this is closed, unspoiled and empty, and says
   *     whether it does
   */
  CudaContext(DriverContext own, CardMemory card, Predicate<DriverContext> keeper) {
    this.driver = own.driver();
    this.device = own.device();
    this.own = own;
    this.card = card;
    this.keeper = keeper;
  }

  /** The card. */
  public CudaDevice device() {
    return device;
  }

  /** What this context has allocated on the card. */
  public MemoryUse memory() {
    lock.lock();
    try {
      return memory;
    } finally {
      lock.unlock();
    }
  }

  /** The free memory of the card in bytes, other programs' share deducted. */
  public long freeBytes() {
    try (Use use = use()) {
      long[] free = new long[1];
      check(driver.cuMemGetInfo(free, new long[1]), "cuMemGetInfo");
      return free[0];
    }
  }

  /**
   * Takes the context for this thread until the use is closed. Uses nest.
   *
   * @throws CudaException if the context was spoiled
   * @throws IllegalStateException if it was closed
   */
  public Use use() {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("The context on " + device + " was closed");
      }
      if (poison != null) {
        throw refusal();
      }
      if (lock.getHoldCount() == 1) {
        check(driver.cuCtxPushCurrent(own.handle()), "cuCtxPushCurrent");
      }
      return new Use();
    } catch (RuntimeException e) {
      lock.unlock();
      throw e;
    }
  }

  /** A time during which the context belongs to a thread; closed by that thread. */
  public final class Use implements AutoCloseable {
    private boolean ended;

    private Use() {}

    @Override
    public void close() {
      if (ended) {
        return;
      }
      ended = true;
      try {
        if (lock.getHoldCount() == 1 && !closed) {
          driver.cuCtxPopCurrent(new long[1]);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Allocates memory on the card; what is in it at first is undefined.
   *
   * @param bytes at least 1
   * @throws CudaOutOfMemoryException if there is not as much
   */
  public DeviceBuffer allocate(long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("A buffer has at least 1 byte, not " + bytes);
    }
    try (Use use = use()) {
      long[] address = new long[1];
      int result = driver.cuMemAlloc(address, bytes);
      if (CudaResult.OUT_OF_MEMORY.is(result)) {
        throw outOfMemory("cuMemAlloc", bytes);
      }
      check(result, "cuMemAlloc");
      DeviceBuffer buffer = new DeviceBuffer(this, address[0], bytes);
      buffers.add(buffer);
      memory = memory.plus(bytes);
      card.add(bytes);
      return buffer;
    }
  }

  /**
   * Allocates page-locked memory of the host, from and to which the card copies by itself.
   *
   * @param bytes from 1 to 2^31 - 1
   * @throws CudaException if the driver does not give it
   */
  public PinnedBuffer allocatePinned(long bytes) {
    if (bytes < 1 || bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "A pinned buffer has from 1 to 2^31 - 1 bytes, not " + bytes);
    }
    try (Use use = use()) {
      long[] address = new long[1];
      check(driver.cuMemHostAlloc(address, bytes, 0), "cuMemHostAlloc");
      return new PinnedBuffer(this, address[0], bytes);
    }
  }

  /**
   * Waits until all that was launched and copied is done.
   *
   * @throws CudaException if any of it failed
   */
  public void synchronize() {
    try (Use use = use()) {
      check(driver.cuStreamSynchronize(own.stream()), "cuStreamSynchronize");
    }
  }

  /** Whether each launch waits for its kernel. */
  boolean synchronous() {
    return synchronous;
  }

  /** Whether the driver can record launches. */
  public boolean canCapture() {
    return driver.graphCalls().isPresent();
  }

  /**
   * Records what is launched and copied on the card meanwhile, without running it. Buffers must not
   * be allocated, and nothing may be waited for.
   *
   * @param work gives the work, on this thread
   * @return to be run any number of times, and closed
   * @throws CudaException if the driver cannot record it
   */
  public CudaGraph capture(Runnable work) {
    try (Use use = use()) {
      CudaGraph graph = CudaGraph.capture(this, work);
      graphs.add(graph);
      return graph;
    }
  }

  /** Ends all that it holds, also where it was spoiled. Closing twice is safe. */
  @Override
  public void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      if (lock.getHoldCount() > 1) {
        throw new IllegalStateException("The context on " + device + " is in use by this thread");
      }
      closed = true;
      boolean whole = empty() && poison == null;
      if (!whole || !keeper.test(own)) {
        own.destroy();
      }
      if (times != null) {
        times.write();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Frees all that it holds; whether nothing failed of it and of what was launched before. */
  private boolean empty() {
    boolean current = CudaResult.SUCCESS.is(driver.cuCtxPushCurrent(own.handle()));
    boolean whole = current;
    graphs.forEach(CudaGraph::free);
    graphs.clear();
    // The card may still read what is freed.
    whole &= CudaResult.SUCCESS.is(driver.cuStreamSynchronize(own.stream()));
    for (DeviceBuffer buffer : buffers) {
      whole &= CudaResult.SUCCESS.is(buffer.free());
    }
    buffers.clear();
    card.take(memory.bytes());
    memory = new MemoryUse(0, memory.peakBytes(), 0);
    if (staging != null) {
      whole &= CudaResult.SUCCESS.is(staging.free());
    }
    if (current) {
      driver.cuCtxPopCurrent(new long[1]);
    }
    return whole;
  }

  CudaDriver driver() {
    return driver;
  }

  long stream() {
    return own.stream();
  }

  /** What was loaded into it, by the names of the images; of this thread's use only. */
  Map<String, Long> modules() {
    return own.modules();
  }

  /** Whether it can still be asked: neither closed nor spoiled. */
  public boolean usable() {
    lock.lock();
    try {
      return !closed && poison == null;
    } finally {
      lock.unlock();
    }
  }

  boolean closed() {
    return closed;
  }

  /** Of this thread's use only. */
  HostMemory arguments() {
    return arguments;
  }

  /** Of this thread's use only. */
  Staging staging() {
    if (staging == null) {
      staging = new Staging(this, allocatePinned(STAGING_BYTES));
    }
    return staging;
  }

  /** Whether launches are recorded now; of this thread's use only. */
  boolean isCapturing() {
    return capturing;
  }

  void capturing(boolean capturing) {
    this.capturing = capturing;
  }

  void freed(DeviceBuffer buffer) {
    buffers.remove(buffer);
    memory = memory.minus(buffer.bytes());
    card.take(buffer.bytes());
  }

  /**
   * Frees something, now if the context can be asked, and otherwise with the context. Who closes
   * cannot help what fails then.
   */
  void freeing(Runnable freed) {
    if (!usable()) {
      return;
    }
    try (Use use = use()) {
      freed.run();
    } catch (CudaException e) {
      LOG.debug("Freed with the context on {}, not before: {}", device, e.getMessage());
    }
  }

  void freed(CudaGraph graph) {
    graphs.remove(graph);
  }

  /**
   * After something was freed. What fails then is mostly a kernel that ran before, and is told by
   * the next call; who closes cannot help it.
   */
  void noteFreed(int result, String call) {
    if (!CudaResult.SUCCESS.is(result) && poison == null) {
      LOG.debug("{}", failed(result, call, null).getMessage());
    }
  }

  void check(int result, String call) {
    check(result, call, null);
  }

  /**
   * After a call for a kernel.
   *
   * @param kernel its name, or null
   */
  void check(int result, String call, String kernel) {
    if (!CudaResult.SUCCESS.is(result)) {
      throw failed(result, call, kernel);
    }
  }

  /**
   * After a kernel was launched.
   *
   * @param start when, as of {@code System.nanoTime}
   */
  void checkLaunch(int result, String kernel, Dim3 grid, long start) {
    check(result, "cuLaunchKernel", kernel);
    if (synchronous && !capturing) {
      check(driver.cuStreamSynchronize(own.stream()), "cuStreamSynchronize", kernel);
      if (times != null) {
        times.add(kernel, grid, start);
      }
    } else {
      lastKernel = kernel;
    }
  }

  /** What a call's result means, which is remembered where it spoils the context. */
  CudaException failed(int result, String call, String kernel) {
    CudaFailures failures = new CudaFailures(driver);
    boolean poisons = CudaResult.of(result).filter(CudaResult::poisons).isPresent();
    CudaException failure =
        poisons && lastKernel != null
            ? failures.late(result, call, kernel, lastKernel)
            : failures.failure(result, call, kernel);
    if (poisons) {
      poison = failure;
    }
    return failure;
  }

  private CudaException refusal() {
    return new CudaException(
        poison.code(),
        poison.name(),
        poison.call(),
        poison.kernel().orElse(null),
        "The context on "
            + device
            + " cannot be used any more; close what was loaded and load it again. It was spoiled"
            + " by this: "
            + poison.getMessage());
  }

  private CudaOutOfMemoryException outOfMemory(String call, long wanted) {
    long[] free = new long[1];
    long[] total = {device.memoryBytes()};
    driver.cuMemGetInfo(free, total);
    return new CudaOutOfMemoryException(
        new CudaFailures(driver).name(CudaResult.OUT_OF_MEMORY.code()),
        call,
        device.name(),
        wanted,
        free[0],
        total[0]);
  }
}
