package org.pellucid.backend.cuda.emulator;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.pellucid.backend.cuda.Dim3;

/** Runs the blocks of launches, several at once where their order cannot matter. */
final class GridRunner {
  /** Translated kernels that a worker keeps. */
  private static final int KEPT = 48;

  private static final ExecutorService POOL =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "emulated-card");
            thread.setDaemon(true);
            return thread;
          });

  private final EmulatedCard card;
  private final GlobalMemory memory;
  private final List<Worker> workers = new ArrayList<>();

  /** What a translation is for. */
  private record Shape(PtxKernel kernel, Dim3 block, int dynamicBytes) {
    // Kernels are compared by identity: their texts are long, and each is parsed once.
    @Override
    @SuppressWarnings("ReferenceEquality")
    public boolean equals(Object other) {
      return other instanceof Shape shape
          && shape.kernel == kernel
          && shape.block.equals(block)
          && shape.dynamicBytes == dynamicBytes;
    }

    @Override
    public int hashCode() {
      return 31 * (31 * System.identityHashCode(kernel) + block.hashCode()) + dynamicBytes;
    }
  }

  /** The translations of one thread, which nobody else touches. */
  private static final class Worker extends LinkedHashMap<Shape, BlockRunner> {
    private static final long serialVersionUID = 1L;

    Worker() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<Shape, BlockRunner> eldest) {
      return size() > KEPT;
    }
  }

  GridRunner(EmulatedCard card, GlobalMemory memory) {
    this.card = card;
    this.memory = memory;
    for (int i = 0; i < card.workers(); i++) {
      workers.add(new Worker());
    }
  }

  /**
   * Runs a launch to its end.
   *
   * @param variables the addresses of the module's variables
   * @param arguments the bytes of the parameters
   * @throws Trap telling what a thread did wrong
   */
  synchronized void run(
      PtxKernel kernel,
      Map<String, Long> variables,
      Dim3 grid,
      Dim3 block,
      int dynamicBytes,
      byte[] arguments) {
    long total = grid.count();
    int parallel = kernel.ordersBlocks() ? 1 : (int) Math.min(total, workers.size());
    Shape shape = new Shape(kernel, block, dynamicBytes);
    AtomicLong next = new AtomicLong();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<Future<?>> others = new ArrayList<>();
    for (int i = 1; i < parallel; i++) {
      Worker worker = workers.get(i);
      others.add(
          POOL.submit(() -> work(worker, shape, variables, grid, arguments, next, total, failure)));
    }
    work(workers.get(0), shape, variables, grid, arguments, next, total, failure);
    for (Future<?> other : others) {
      try {
        other.get();
      } catch (ExecutionException e) {
        failure.compareAndSet(null, e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while a kernel ran", e);
      }
    }
    if (failure.get() instanceof Trap trap) {
      throw trap;
    }
    if (failure.get() != null) {
      throw new IllegalStateException("the emulator failed in " + kernel.name(), failure.get());
    }
  }

  private void work(
      Worker worker,
      Shape shape,
      Map<String, Long> variables,
      Dim3 grid,
      byte[] arguments,
      AtomicLong next,
      long total,
      AtomicReference<Throwable> failure) {
    try {
      BlockRunner runner = worker.get(shape);
      if (runner == null) {
        runner = translate(shape.kernel, variables, shape.block, shape.dynamicBytes);
        worker.put(shape, runner);
      }
      for (long i = next.getAndIncrement(); i < total; i = next.getAndIncrement()) {
        if (failure.get() != null) {
          return;
        }
        runner.run(
            arguments,
            grid,
            (int) (i % grid.x()),
            (int) (i / grid.x() % grid.y()),
            (int) (i / ((long) grid.x() * grid.y())));
      }
    } catch (RuntimeException | Error e) {
      failure.compareAndSet(null, e);
    }
  }

  /** Also to find out whether all of a kernel is known. */
  BlockRunner translate(
      PtxKernel kernel, Map<String, Long> variables, Dim3 block, int dynamicBytes) {
    return new BlockRunner(
        new Block(kernel, memory, variables, block, dynamicBytes, card.checksRaces()),
        card.mostSteps());
  }
}
