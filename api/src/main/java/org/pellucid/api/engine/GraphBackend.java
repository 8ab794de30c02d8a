package org.pellucid.api.engine;

import java.util.List;
import java.util.stream.Collectors;
import org.pellucid.api.Availability;
import org.pellucid.api.BackendException;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Precision;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.UnsupportedModelException;
import org.pellucid.graph.pass.Batching;

/**
 * A backend on an engine that only runs networks forward. Taps, gradients, seeds anywhere, resuming
 * and batches come from the graph: what is asked of a network is written down as graphs in the same
 * operations ({@link org.pellucid.graph.gradient.Differentiation}), each of which is compiled once
 * and kept, up to a bound, for the next question of its kind.
 *
 * <p>A subclass says what the engine is and can do, and opens it for a model; {@link #refusal} is
 * also asked for the nodes that compute gradients ({@link org.pellucid.graph.op.Operations} is the
 * whole vocabulary), and for {@code Concat} and {@code Tile}, which stack and repeat samples. What
 * an engine lacks ends the question that needs it with an {@link UnsupportedModelException}, and no
 * other. Example:
 *
 * <pre>{@code
 * public final class MyBackend extends GraphBackend {
 *   public String id() { return "mine"; }
 *   ...
 *   protected Engine open(ModelGraph graph, LoadOptions options) {
 *     return new MyEngine(options);      // compiles graphs, takes tensors over
 *   }
 * }
 * }</pre>
 *
 * @since 0.1.0
 */
public abstract class GraphBackend implements GradientBackend {
  /** For subclasses. */
  protected GraphBackend() {}

  /**
   * Opens the engine for one model, which closes it. Availability, device, precision and nodes have
   * been checked.
   *
   * @param graph the network, with what depends on constants alone computed; its constants are
   *     those of every graph that is compiled
   * @param options how the model is loaded
   * @throws BackendException if the engine cannot do what the options ask for
   */
  protected abstract Engine open(ModelGraph graph, LoadOptions options);

  @Override
  public final LoadedModel load(ModelGraph graph, LoadOptions options) {
    Availability availability = availability();
    if (!availability.available()) {
      throw new BackendException(availability.detail());
    }
    if (!precisions().contains(options.precision())) {
      throw new BackendException(
          "Precision not available: the "
              + id()
              + " backend has "
              + precisions().stream().sorted().map(Precision::id).collect(Collectors.joining(", "))
              + ", not "
              + options.precision().id());
    }
    requireRunnable(graph, options.precision(), "");
    if (!devices().contains(options.device())) {
      throw new BackendException(
          "The "
              + id()
              + " backend has no device "
              + options.device()
              + "; there are "
              + devices());
    }
    return MappedConstants.reading(
        graph,
        () -> {
          ModelGraph folded = GraphModel.foldConstants(graph);
          Batching batching = Batching.of(folded);
          return new GraphModel(this, graph, folded, options, batching, open(folded, options));
        });
  }

  /**
   * Checks every node of a graph.
   *
   * @param purpose what the graph is for; empty for the network itself
   * @throws UnsupportedModelException naming the nodes that the engine cannot run
   */
  final void requireRunnable(ModelGraph graph, Precision precision, String purpose) {
    List<String> refusals =
        graph.nodes().stream()
            .flatMap(
                node ->
                    refusal(node, precision)
                        .map(reason -> node.describe() + ": " + reason)
                        .stream())
            .toList();
    if (!refusals.isEmpty()) {
      throw new UnsupportedModelException(
          "The "
              + id()
              + " backend cannot run "
              + (purpose.isEmpty() ? "" : purpose + ": ")
              + String.join("; ", refusals));
    }
  }
}
