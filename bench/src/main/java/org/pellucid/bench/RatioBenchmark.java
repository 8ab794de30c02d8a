package org.pellucid.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Explanations with forward passes right before and after them: the counter {@code ratio} is the
 * time of the work to that of as many forward passes as it is compared with, added up over the
 * measured iterations, by whose number JMH leaves it to divide. Within an iteration a machine whose
 * speed drifts is nearly the same for both, which it is not for the rows of {@link
 * ExplanationBenchmark}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 20)
@Measurement(iterations = 25)
@Fork(1)
public class RatioBenchmark {
  /** The network. */
  @Param({"VGG16", "RESNET50"})
  public Networks network;

  /** The backend that runs it. */
  @Param("djl")
  public String backend;

  /** Threads that compute. */
  @Param({"1", "2"})
  public int threads;

  /** What is measured. */
  @Param({"GRAD_CAM", "SMOOTH_GRAD_CAM_PLUS_PLUS"})
  public Work work;

  private Subject subject;

  /** What an iteration found. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Counters {
    /** Time of the work, to that of its forward passes. */
    public double ratio;

    /** Begins an iteration. */
    @Setup(Level.Iteration)
    public void clear() {
      ratio = 0;
    }
  }

  /** Loads the network. */
  @Setup
  public void load() {
    subject = new Subject(backend, network, network.build(), threads, 0);
  }

  /** Frees it. */
  @TearDown
  public void close() {
    subject.close();
  }

  /** Forward passes, the work, forward passes. */
  @Benchmark
  public void compared(Counters counters, Blackhole results) {
    int beside = work.beside();
    double forwards = nanoseconds(Work.FORWARD, beside, results);
    double explained = nanoseconds(work, 1, results);
    forwards += nanoseconds(Work.FORWARD, beside, results);
    counters.ratio = explained / (forwards / (2 * beside) * work.passes());
  }

  private double nanoseconds(Work task, int times, Blackhole results) {
    long start = System.nanoTime();
    for (int i = 0; i < times; i++) {
      results.consume(task.on(subject));
    }
    return System.nanoTime() - start;
  }
}
