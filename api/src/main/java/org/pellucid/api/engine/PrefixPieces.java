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
  private final int threads;

  /**
   * Where a network is cut at taps, whatever the number of samples.
   *
   * @param tensors between the prefix and the rest; empty where there is no prefix
   * @param most samples of the prefix at once
   * @param runs how many runs of the prefix should go on at once
   */
  record Cut(List<String> tensors, int most, int runs) {
    /** Nothing is cut. */
    static final Cut NONE = new Cut(List.of(), 1, 1);

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
      return new Cut(tensors, model.samplesAtOnce(taps), model.concurrentRuns(taps));
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
    // With fewer than half of the threads at work, all of them within one run after another are
    // taken to be faster; measured with two cores alone.
    this.threads = 2 * sizes.size() > cut.runs() ? Math.min(cut.runs(), sizes.size()) : 1;
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
   * Runs the pieces, several at once where the engine has it so.
   *
   * @param inputs of the whole batch
   * @param scope owns what comes out
   * @return by piece the tensors between the prefix and the rest
   * @throws CancelledException if the thread is interrupted
   */
  List<Map<String, Value>> run(RunInputs inputs, ValueScope scope) {
    int samples = inputs.samples();
    int count = sizes.size();
    return model
        .workers()
        .all(
            threads,
            count,
            piece -> run(inputs, bound(samples, piece, count), sizes.get(piece), scope),
            begun ->
                new CancelledException(
                    "A forward pass was cancelled after "
                        + bound(samples, begun, count)
                        + " of "
                        + samples
                        + " samples"));
  }

  private Map<String, Value> run(RunInputs inputs, int from, int size, ValueScope scope) {
    // Not known to the model, which is not closed before the run ends.
    try (ValueScope temporary = new ValueScope()) {
      return model
          .compiled()
          .use(
              new Parts.Prefix(size, wanted, threads > 1),
              ready ->
                  ready
                      .run(
                          source -> temporary.own(inputs.value(source.tensor(), from, size)), scope)
                      .tensors());
    }
  }
}
