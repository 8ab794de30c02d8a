package org.pellucid.api.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pellucid.api.CancelledException;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Samples;
import org.pellucid.graph.pass.TapSplit;

/**
 * How what leads to the taps is run: in smaller batches than the rest, as {@link
 * org.pellucid.api.BatchSizes} and the {@link Engine#samplesAtOnce engine} have it. The rest stacks
 * what comes out.
 */
final class PrefixPieces {
  private final GraphModel model;
  private final List<String> wanted;
  private final List<Integer> sizes;

  /**
   * Where a network is cut at taps, whatever the number of samples.
   *
   * @param tensors between the prefix and the rest; empty where there is no prefix
   * @param most samples of the prefix at once
   */
  record Cut(List<String> tensors, int most) {
    /** Nothing is cut. */
    static final Cut NONE = new Cut(List.of(), 1);

    static Cut of(GraphModel model, Set<String> taps) {
      if (taps.isEmpty() || model.batching().obstacle().isPresent()) {
        return NONE;
      }
      ModelGraph graph = model.graph();
      // What is the same for all samples the rest makes of constants.
      List<String> tensors =
          TapSplit.at(graph, taps).frontier().stream()
              .filter(tensor -> graph.producer(tensor).isPresent())
              .filter(tensor -> model.batching().axis(tensor) != Samples.NONE)
              .toList();
      return new Cut(tensors, model.samplesAtOnce(taps));
    }
  }

  /** Cuts a batch. */
  PrefixPieces(GraphModel model, Cut cut, int samples) {
    this.model = model;
    this.wanted = cut.tensors();
    this.sizes = new ArrayList<>();
    // Single samples are cut, too, where one executable then serves batches of any size.
    if (!wanted.isEmpty() && (cut.most() == 1 || samples > cut.most())) {
      int count = (samples + cut.most() - 1) / cut.most();
      for (int i = 0; i < count; i++) {
        sizes.add(bound(samples, i + 1, count) - bound(samples, i, count));
      }
    }
  }

  private static int bound(int samples, int piece, int count) {
    return (int) ((long) samples * piece / count);
  }

  /** The tensors between the prefix and the rest; empty where nothing is cut. */
  List<String> tensors() {
    return sizes.isEmpty() ? List.of() : wanted;
  }

  /** By such tensor how it comes, where it does not come whole. */
  Map<String, Parts.Arrival> arrivals() {
    Map<String, Parts.Arrival> arrivals = new HashMap<>();
    if (sizes.size() > 1) {
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
  List<Map<String, Value>> run(RunInputs inputs, ValueScope scope) {
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

  private Map<String, Value> run(RunInputs inputs, int from, int size, ValueScope scope) {
    ValueScope temporary = model.newScope();
    try {
      return model
          .compiled()
          .use(
              new Parts.Prefix(size, wanted),
              ready ->
                  ready
                      .run(
                          source -> temporary.own(inputs.value(source.tensor(), from, size)), scope)
                      .tensors());
    } finally {
      model.release(temporary);
    }
  }
}
