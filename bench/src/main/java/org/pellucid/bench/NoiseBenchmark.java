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
import org.openjdk.jmh.annotations.Warmup;
import org.pellucid.api.GaussianNoise;

/** The noise of one copy of an image. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class NoiseBenchmark {
  /** Pixels along a side. */
  @Param({"224", "512"})
  public int size;

  private double[] numbers;
  private int sample;

  /** Makes room. */
  @Setup
  public void allocate() {
    numbers = new double[3 * size * size];
  }

  /** Gaussian numbers for every channel of every pixel, of another copy each time. */
  @Benchmark
  public double[] fill() {
    GaussianNoise.fill(1, sample++ & 0xffff, numbers);
    return numbers;
  }
}
