package org.pellucid.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Explanations and forward passes of one image. Divide by {@code FORWARD} of the same run for
 * ratios; {@link Ratios} does so within each round, which a busy machine disturbs less.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3)
@Measurement(iterations = 15)
@Fork(1)
public class ExplanationBenchmark {
  /** The network. */
  @Param({"VGG16", "RESNET50"})
  public Networks network;

  /** The backend that runs it. */
  @Param("djl")
  public String backend;

  /** Threads that compute. */
  @Param({"1", "2"})
  public int threads;

  /** Noisy copies per batch; 0 leaves it to the probe. */
  @Param("0")
  public int chunk;

  /** What is measured. */
  @Param({
    "FORWARD",
    "FORWARD_OF_5",
    "GRAD_CAM",
    "GRAD_CAM_PLUS_PLUS",
    "SMOOTH_GRAD_CAM_PLUS_PLUS",
    "INPUT_GRADIENT"
  })
  public Work work;

  private Subject subject;

  /** Loads the network. */
  @Setup
  public void load() {
    subject = new Subject(backend, network, network.build(), threads, chunk);
  }

  /** Frees it. */
  @TearDown
  public void close() {
    subject.close();
  }

  /** The work. */
  @Benchmark
  public Object explain() {
    return work.on(subject);
  }
}
