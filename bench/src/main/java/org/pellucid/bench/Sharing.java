package org.pellucid.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.pellucid.api.Progress;
import org.pellucid.api.Tap;
import org.pellucid.core.Pellucid;
import org.pellucid.core.compare.Comparison;
import org.pellucid.core.compare.ComparisonRequest;
import org.pellucid.core.stats.Summary;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Tensor;
import org.pellucid.onnx.OnnxWriter;
import org.pellucid.onnx.WriteOptions;

/**
 * What a comparison of four methods at one layer costs next to the dearest of them alone. In each
 * round each method is compared alone, and all four together, so that a machine that is busy with
 * other things slows all alike; the median over the rounds is reported, with the quartiles.
 *
 * <p>Arguments: {@code backend=onnxruntime network=RESNET50 threads=1 rounds=15 warmup=3
 * json=FILE}.
 */
public final class Sharing {
  private static final List<String> METHODS =
      List.of("grad-cam", "grad-cam++", "bench-signed", "bench-positive");

  private Sharing() {}

  /** Runs the measurement; prints a Markdown table. */
  public static void main(String[] arguments) throws IOException {
    Arguments given = Arguments.of(arguments);
    String backend = given.text("backend", "onnxruntime");
    Networks network = Networks.valueOf(given.text("network", "RESNET50"));
    int threads = given.number("threads", 1);
    int rounds = given.number("rounds", 15);
    int warmUp = given.number("warmup", 3);
    Path folder = Files.createTempDirectory("pellucid-sharing");
    Path model = folder.resolve("model.onnx");
    List<Comparison> comparisons = new ArrayList<>();
    try {
      ModelGraph graph = network.build();
      OnnxWriter.write(graph, model, WriteOptions.DEFAULT);
      for (String method : METHODS) {
        comparisons.add(comparison(model, backend, threads, network.lastLayer(), method));
      }
      String[] all = METHODS.toArray(String[]::new);
      comparisons.add(comparison(model, backend, threads, network.lastLayer(), all));
      Summary ratios = measure(comparisons, Subject.image(graph), warmUp, rounds);
      System.out.println("| Network | Backend | Threads | Together / dearest alone | Quartiles |");
      System.out.println("|---|---|---|---|---|");
      System.out.printf(
          Locale.ROOT,
          "| %s | %s | %d | %.3f | %.3f - %.3f |%n",
          network,
          backend,
          threads,
          ratios.median(),
          ratios.lower(),
          ratios.upper());
      Files.writeString(
          Path.of(given.text("json", "sharing.json")),
          String.format(
              Locale.ROOT,
              "{\"network\": \"%s\", \"backend\": \"%s\", \"threads\": %d, \"rounds\": %d,"
                  + " \"ratio\": %.4f, \"quartiles\": [%.4f, %.4f]}%n",
              network,
              backend,
              threads,
              rounds,
              ratios.median(),
              ratios.lower(),
              ratios.upper()));
    } finally {
      comparisons.forEach(Comparison::close);
      Files.deleteIfExists(model);
      Files.deleteIfExists(folder);
    }
  }

  private static Comparison comparison(
      Path model, String backend, int threads, Tap layer, String... methods) {
    return Comparison.of(
        Pellucid.loader().threads(threads),
        model,
        List.of(backend),
        ComparisonRequest.DEFAULT.withMethods(methods).withLayers(layer.tensor()));
  }

  /** Per round all methods together by the dearest one. */
  private static Summary measure(
      List<Comparison> comparisons, Tensor image, int warmUp, int rounds) {
    double[] ratios = new double[rounds];
    double[][] seconds = new double[comparisons.size()][rounds];
    for (int round = -warmUp; round < rounds; round++) {
      for (int i = 0; i < comparisons.size(); i++) {
        double taken = seconds(comparisons.get(i), image);
        if (round >= 0) {
          seconds[i][round] = taken;
        }
      }
    }
    // The dearest by its median: the slowest of each round would be whoever was disturbed.
    int dearest = 0;
    for (int i = 1; i < METHODS.size(); i++) {
      if (Summary.of(seconds[i]).median() > Summary.of(seconds[dearest]).median()) {
        dearest = i;
      }
    }
    for (int round = 0; round < rounds; round++) {
      ratios[round] = seconds[METHODS.size()][round] / seconds[dearest][round];
    }
    return Summary.of(ratios);
  }

  private static double seconds(Comparison comparison, Tensor image) {
    var subject = comparison.prepare("image", Map.of("input", image));
    long start = System.nanoTime();
    comparison.compare(subject, Progress.NONE, layer -> {});
    return (System.nanoTime() - start) / 1e9;
  }
}
