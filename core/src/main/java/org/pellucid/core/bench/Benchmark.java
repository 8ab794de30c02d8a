package org.pellucid.core.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.pellucid.api.CancelledException;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Precision;
import org.pellucid.api.Progress;
import org.pellucid.core.bench.Worker.RawMap;
import org.pellucid.core.image.Preset;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.PellucidException;

/**
 * Times works in settings, in turns. For each size of the input and each number of threads, a
 * worker is opened per backend and device. Each work is first done for its map, which is held
 * against that of double precision, then once more with an eye on memory, and then until it is
 * {@linkplain WarmUp warm}. Then come rounds: in each, every work of every worker is visited once,
 * a tenth of a second at least, with forward passes before it, so that a machine that is busy with
 * other things, or slower for a while, slows all alike. A work is done when the median of its
 * visits is known well enough ({@link org.pellucid.core.stats.Summary#isTight}), and everything is
 * when the time is up, which sizes and threads share equally.
 *
 * <p>What cannot be done becomes a cell with the reason, and stops nothing else; but a request that
 * no worker could fulfil, or a model that cannot be read, fails as a whole.
 */
public final class Benchmark {
  private static final double VISIT_SECONDS = 0.1;
  private static final int MOST_RUNS = 50;

  private final BenchmarkRequest request;
  private final Workers workers;
  private final Progress progress;
  private final LongSupplier nanoTime;
  private final long start;
  private final List<Cell> cells = new ArrayList<>();
  private final Map<Setting, PellucidException> refusals = new LinkedHashMap<>();
  private String reference = "not asked for";

  private Benchmark(
      BenchmarkRequest request, Workers workers, Progress progress, LongSupplier nanoTime) {
    this.request = request;
    this.workers = workers;
    this.progress = progress;
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
  }

  /**
   * Runs a benchmark.
   *
   * @param progress told the milliseconds that have passed, of those that may
   * @throws InvalidRequestException if a worker finds the request wrong
   * @throws MalformedInputException if the model or the image cannot be read
   * @throws CancelledException if the thread is interrupted
   */
  public static BenchmarkResult run(BenchmarkRequest request, Workers workers, Progress progress) {
    return run(request, workers, progress, System::nanoTime);
  }

  static BenchmarkResult run(
      BenchmarkRequest request, Workers workers, Progress progress, LongSupplier nanoTime) {
    return new Benchmark(request, workers, progress, nanoTime).run();
  }

  private BenchmarkResult run() {
    int groups = request.sizes().size() * request.threads().size();
    int group = 0;
    for (Optional<Preset.Size> size : request.sizes()) {
      Truth truth = truth(size);
      for (OptionalInt threads : request.threads()) {
        double now = elapsed();
        double left = Math.max(0, request.timeLimit() - now);
        measure(request.together(threads, size), truth, now + left / (groups - group));
        group++;
      }
    }
    return new BenchmarkResult(cells, refusals, reference);
  }

  private double elapsed() {
    double seconds = (nanoTime.getAsLong() - start) / 1e9;
    progress.at((long) (1e3 * seconds), (long) (1e3 * request.timeLimit()));
    return seconds;
  }

  /** The maps in double precision of the works, without their batches, and what they explain. */
  private record Truth(Map<Work, RawMap> maps, OptionalInt target) {}

  private Truth truth(Optional<Preset.Size> size) {
    Map<Work, RawMap> maps = new LinkedHashMap<>();
    if (!request.reference()) {
      return new Truth(maps, OptionalInt.empty());
    }
    Setting precise = new Setting("auto", "auto", Precision.FLOAT64, OptionalInt.empty(), size);
    OptionalInt target = OptionalInt.empty();
    try (Worker worker = workers.open(precise, OptionalInt.empty())) {
      double until = elapsed() + request.timeLimit() / (2 * request.sizes().size());
      reference = "double precision on " + worker.opened().backend();
      if (request.fixedToTop()) {
        target = OptionalInt.of(worker.opened().topClass());
      }
      for (Work work : request.works()) {
        if (!work.isForward() && !maps.containsKey(work.withoutBatch()) && elapsed() < until) {
          ask(worker, work.withoutBatch()).ifPresent(map -> maps.put(work.withoutBatch(), map));
        }
      }
    } catch (InvalidRequestException | MalformedInputException | CancelledException e) {
      throw e;
    } catch (PellucidException e) {
      reference = "none: " + e.getMessage();
    }
    return new Truth(maps, target);
  }

  /** A map, where the method can make one: where not, the backends will say why. */
  private static Optional<RawMap> ask(Worker worker, Work work) {
    try {
      return Optional.of(worker.map(work));
    } catch (CancelledException | WorkerLostException e) {
      throw e;
    } catch (PellucidException e) {
      return Optional.empty();
    }
  }

  private void measure(List<Setting> settings, Truth truth, double until) {
    List<Running> running = new ArrayList<>();
    try {
      // Half of the time may go into warming up, shared equally by whoever is still to do so.
      double half = elapsed() + Math.max(0, until - elapsed()) / 2;
      for (Setting setting : settings) {
        Running one = open(setting, truth.target());
        running.add(one);
        one.prepare(truth, half, settings.size() - running.size());
      }
      boolean open = true;
      while (open) {
        open = false;
        for (int number = 0; number < request.works().size(); number++) {
          for (Running one : running) {
            open |= one.visit(number, until);
          }
        }
      }
      running.forEach(one -> cells.addAll(one.cells()));
    } finally {
      running.forEach(Running::close);
    }
  }

  private Running open(Setting setting, OptionalInt target) {
    try {
      return new Running(setting, Optional.of(workers.open(setting, target)), "");
    } catch (InvalidRequestException | MalformedInputException | CancelledException e) {
      throw e;
    } catch (PellucidException e) {
      refusals.put(setting, e);
      return new Running(setting, Optional.empty(), e.getMessage());
    }
  }

  /** A setting with its worker, and the state of its works. */
  private final class Running {
    private final Optional<Worker> worker;
    private final List<Timing> timings = new ArrayList<>();

    Running(Setting setting, Optional<Worker> worker, String refusal) {
      this.worker = worker;
      for (Work work : request.works()) {
        timings.add(new Timing(setting, work, refusal));
      }
    }

    /**
     * Does what precedes the visits.
     *
     * @param until when all settings should be warm
     * @param after how many settings come after this one
     */
    void prepare(Truth truth, double until, int after) {
      int left = (after + 1) * timings.size();
      for (Timing timing : timings) {
        int share = left--;
        attempt(
            timing,
            own -> {
              timing.prepare(
                  own, Optional.ofNullable(truth.maps().get(timing.work().withoutBatch())));
              WarmUp warmUp = new WarmUp();
              double end = elapsed() + Math.max(0, until - elapsed()) / share;
              while (!warmUp.settled() && elapsed() < end) {
                warmUp.add(own.visit(timing.work(), VISIT_SECONDS, MOST_RUNS));
              }
            });
      }
    }

    /** Visits a work, if it is not done; whether it is not done yet. */
    boolean visit(int number, double until) {
      Timing timing = timings.get(number);
      if (!timing.isOpen(request.tightness(), elapsed() < until)) {
        return false;
      }
      attempt(timing, own -> timing.add(own.visit(timing.work(), VISIT_SECONDS, MOST_RUNS)));
      return timing.isOpen(request.tightness(), elapsed() < until);
    }

    private void attempt(Timing timing, Consumer<Worker> action) {
      if (timing.refused()) {
        return;
      }
      try {
        action.accept(worker.orElseThrow());
      } catch (CancelledException e) {
        throw e;
      } catch (WorkerLostException e) {
        timings.forEach(each -> each.refuse(e.getMessage()));
      } catch (PellucidException e) {
        timing.refuse(e.getMessage());
      }
    }

    List<Cell> cells() {
      return timings.stream().map(timing -> timing.cell(worker.map(Worker::opened))).toList();
    }

    void close() {
      worker.ifPresent(Worker::close);
    }
  }
}
