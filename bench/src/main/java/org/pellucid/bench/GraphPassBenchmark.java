package org.pellucid.bench;

import java.util.Set;
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
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.gradient.Differentiation;
import org.pellucid.graph.pass.Batching;
import org.pellucid.graph.pass.Layouts;
import org.pellucid.graph.pass.Passes;

/** What is done to a graph once, when a model is loaded or first asked. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class GraphPassBenchmark {
  /** The network. */
  @Param({"RESNET50", "DENSENET121"})
  public Networks network;

  private ModelGraph graph;
  private ModelGraph simple;
  private Set<String> scores;

  /** Builds the network. */
  @Setup
  public void build() {
    graph = network.build();
    scores = Set.copyOf(graph.outputs());
    simple = Passes.simplify(graph, scores);
  }

  /** Constants folded, dead nodes dropped. */
  @Benchmark
  public ModelGraph simplify() {
    return Passes.simplify(graph, scores);
  }

  /** Batch normalization moved into convolutions. */
  @Benchmark
  public ModelGraph fold() {
    return Passes.foldBatchNormalization(simple, scores);
  }

  /** Whether samples can travel together. */
  @Benchmark
  public Batching batching() {
    return Batching.of(simple);
  }

  /** Which axes are maps and space. */
  @Benchmark
  public Layouts layouts() {
    return Layouts.of(simple);
  }

  /** The gradient at the last layer, as a graph. */
  @Benchmark
  public Differentiation differentiateLastLayer() {
    return Differentiation.of(simple, scores, Set.of(network.lastLayer().tensor()));
  }

  /** The gradient at the input, as a graph. */
  @Benchmark
  public Differentiation differentiateInput() {
    return Differentiation.of(simple, scores, Set.of("input"));
  }
}
