package org.pellucid.api.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pellucid.api.BatchSizes;
import org.pellucid.api.CancelledException;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.pass.TapSplit;

/**
 * How what leads to the taps is run: in smaller batches than the rest, as {@link BatchSizes} has
 * it. The rest stacks what comes out.
 */
final class PrefixPieces {
  private final GraphModel model;
  private final List<String> wanted;
  private final List<Integer> sizes;

  private PrefixPieces(GraphModel model, List<String> wanted, List<Integer> sizes) {
    this.model = model;
    this.wanted = wanted;
    this.sizes = sizes;
  }

  /**
   * Cuts a batch.
   *
   * @param taps of the forward pass
   */
  static PrefixPieces of(GraphModel model, int samples, Set<String> taps) {
    ModelGraph graph = model.graph();
    List<String> wanted = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    if (samples > 1 && !taps.isEmpty() && model.batching().obstacle().isEmpty()) {
      for (String tensor : TapSplit.at(graph, taps).frontier()) {
        // What is the same for all samples the rest makes of constants.
        if (graph.producer(tensor).isPresent() && model.batching().axis(tensor) != Samples.NONE) {
          wanted.add(tensor);
        }
      }
      int most = BatchSizes.of(graph, model.batching(), model.options(), taps).prefix();
      int count = wanted.isEmpty() ? 1 : (samples + most - 1) / most;
      for (int i = 0; i < count && count > 1; i++) {
        sizes.add(bound(samples, i + 1, count) - bound(samples, i, count));
      }
    }
    return new PrefixPieces(model, wanted, sizes);
  }

  private static int bound(int samples, int piece, int count) {
    return (int) ((long) samples * piece / count);
  }

  /** By tensor between the prefix and the rest how it comes; empty where nothing is cut. */
  Map<String, Parts.Arrival> arrivals() {
    Map<String, Parts.Arrival> arrivals = new HashMap<>();
    if (!sizes.isEmpty()) {
      wanted.forEach(tensor -> arrivals.put(tensor, new Parts.Arrival(sizes)));
    }
    return arrivals;
  }

  /**
   * Runs the pieces.
   *
   * @param inputs of the whole batch
   * @param scope owns what comes out
   * @return by piece the tensors between the prefix and the rest
   * @throws CancelledException if the thread is interrupted
   */
  List<Map<String, Value>> run(Map<String, Tensor> inputs, ValueScope scope) {
    List<Map<String, Value>> pieces = new ArrayList<>();
    int from = 0;
    for (int size : sizes) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancelledException(
            "A forward pass was cancelled after "
                + from
                + " of "
                + sizes.stream().mapToInt(Integer::intValue).sum()
                + " samples");
      }
      pieces.add(run(inputs, from, size, scope));
      from += size;
    }
    return pieces;
  }

  private Map<String, Value> run(Map<String, Tensor> inputs, int from, int size, ValueScope scope) {
    ValueScope temporary = model.newScope();
    try {
      return model
          .compiled()
          .use(
              new Parts.Prefix(size, wanted),
              ready ->
                  ready.run(
                      source -> {
                        Tensor whole = inputs.get(source.tensor());
                        return temporary.own(model.value(samples(whole, from, size)));
                      },
                      scope));
    } finally {
      model.release(temporary);
    }
  }

  /** Samples of an input, which stacks them along axis 0. */
  private Tensor samples(Tensor whole, int from, int size) {
    int rows = whole.shape().dim(0) / sizes.stream().mapToInt(Integer::intValue).sum();
    Shape shape = whole.shape().with(0, rows * size);
    int start = Math.toIntExact(whole.shape().sizeOf(1, whole.shape().rank()) * rows * from);
    int length = Math.toIntExact(shape.size());
    return switch (whole.elementType()) {
      case FLOAT32 -> {
        float[] part = new float[length];
        whole.floats().get(start, part);
        yield Tensor.of(shape, part);
      }
      case FLOAT64 -> {
        double[] part = new double[length];
        whole.doubles().get(start, part);
        yield Tensor.of(shape, part);
      }
      case INT64 -> {
        long[] part = new long[length];
        whole.longs().get(start, part);
        yield Tensor.of(shape, part);
      }
      case BOOL -> {
        byte[] part = new byte[length];
        whole.bools().get(start, part);
        yield Tensor.of(shape, part);
      }
    };
  }
}
