package org.pellucid.bench;

import java.util.Map;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.pellucid.api.Explainer;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Options;
import org.pellucid.api.Precision;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.StandardProbe;
import org.pellucid.api.Tap;
import org.pellucid.core.Registry;
import org.pellucid.graph.ModelGraph;

/**
 * The arithmetic of methods, without the network: the probe remembers what it was asked first, so
 * that what is timed is the formula with its jackknife and the table of feature maps.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FormulaBenchmark {
  private static final Tap LAYER = new Tap("relu");

  /** Feature maps and cells along a side, those of the last layers of VGG-16 and ResNet-50. */
  @Param({"512x14", "2048x7"})
  public String shape;

  /** The method. */
  @Param({"grad-cam", "grad-cam++", "smooth-grad-cam++", "layer-cam", "eigen-cam"})
  public String method;

  private LoadedModel model;
  private StandardProbe probe;
  private Explainer explainer;

  /** Asks once. */
  @Setup
  public void ask() {
    String[] sizes = shape.split("x");
    int maps = Integer.parseInt(sizes[0]);
    NetworkBuilder net = new NetworkBuilder(maps, Integer.parseInt(sizes[1]), 1);
    String pooled = net.globalAveragePool("pool", net.relu(LAYER.tensor(), "input"));
    ModelGraph graph = net.build(net.linear("fc", net.flatten("flat", pooled), 10));
    model =
        Registry.ofClassPath()
            .backend("reference")
            .load(graph, LoadOptions.DEFAULT.with(Precision.FLOAT64));
    probe =
        StandardProbe.of(model)
            .inputs(Map.of("input", Subject.image(graph)))
            .expecting(Set.of(LAYER))
            .build();
    explainer = Registry.ofClassPath().explainer(method);
    explain();
  }

  /** Frees the network. */
  @TearDown
  public void close() {
    model.close();
  }

  /** The map. */
  @Benchmark
  public Saliency explain() {
    return explainer.explain(probe, Selection.of(LAYER), Options.DEFAULTS);
  }
}
