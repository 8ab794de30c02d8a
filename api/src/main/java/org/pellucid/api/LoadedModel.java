package org.pellucid.api;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.pass.Batching;
import org.pellucid.graph.pass.Layouts;

/**
 * A network in an engine. Safe for use by several threads. Closing it twice is safe; its forward
 * passes must be closed before.
 *
 * @since 0.1.0
 */
public interface LoadedModel extends AutoCloseable {
  /** The network as it was given. */
  ModelGraph graph();

  /** How many samples it can take at once. */
  Batching batching();

  /** The layout of each tensor; implementations track it once. */
  default Layouts layouts() {
    return Layouts.of(graph());
  }

  /** How it was loaded. */
  LoadOptions options();

  /**
   * Runs the network on a batch and keeps what backward passes need. What leads to the taps may be
   * run in smaller batches, one after the other ({@link BatchSizes}).
   *
   * @param inputs a value per input of the graph, floating ones of any width (converted to the
   *     run's precision); the shape is the graph's but for the number of samples, which is the same
   *     in all and either {@code batching().samples()} or, where {@link Batching} shows no
   *     obstacle, any. They are not read any more when the pass is closed
   * @param taps tensors whose activations are read, at which gradients may be taken or seeds set,
   *     or from which the network may be resumed; without taps nothing is kept for backward. A tap
   *     that no output depends on is allowed
   * @throws InvalidRequestException if an input is missing, unknown or of another shape, or a tap
   *     names no floating tensor of the graph that depends on an input
   * @throws CancelledException if the thread is interrupted between such smaller batches
   */
  ForwardPass forward(Map<String, Tensor> inputs, Set<Tap> taps);

  /**
   * As {@link #forward(Map, Set)}, with the question that will be asked of the pass: an engine may
   * then compute scores, activations and gradients in one run, and keep nothing.
   *
   * @param expected its taps are among {@code taps}, and its seed has the seeded tensor's shape
   * @throws InvalidRequestException as there; an engine that makes use of what is expected refuses
   *     what could not be asked
   */
  default ForwardPass forward(Map<String, Tensor> inputs, Set<Tap> taps, Expectation expected) {
    return forward(inputs, taps);
  }

  /**
   * As {@link #forward(Map, Set)}, with inputs that are made when they are needed; all of them
   * before, as by default, where an engine has no use for that.
   *
   * @param expected the question that will be asked of the pass, where it is known
   * @throws InvalidRequestException as there
   */
  default ForwardPass forward(InputBatch inputs, Set<Tap> taps, Optional<Expectation> expected) {
    return expected.isPresent()
        ? forward(inputs.all(), taps, expected.get())
        : forward(inputs.all(), taps);
  }

  /**
   * How many samples had best go through the network at once when gradients are taken at taps; the
   * same for equal taps as long as the model is loaded.
   *
   * @param taps names of tensors
   */
  default BatchSizes batchSizes(Collection<String> taps) {
    return BatchSizes.of(graph(), batching(), options(), taps);
  }

  /**
   * How many samples of a batch are on their way to taps beside each other, each in a run of its
   * own; 1, as by default, where they go together or one after another.
   *
   * @param taps names of tensors
   */
  default int samplesBeside(Collection<String> taps) {
    return 1;
  }

  /** What the engine does of averages over noisy copies by itself; empty for nothing. */
  default Optional<NoisyRuns> noisyRuns() {
    return Optional.empty();
  }

  /**
   * Another network in the same engine, or this one under other options: what a question needs that
   * this model cannot answer itself. It is loaded when it is first asked for; an engine keeps a
   * few, and loads one again that was not used for long. What is returned stays usable; it belongs
   * to this model and is closed with it.
   *
   * @param key what the network is made for; equal keys have equal networks and options
   * @param options how it is loaded
   * @param graph makes the network
   * @throws org.pellucid.graph.UnsupportedModelException if the engine cannot run it
   * @throws BackendException if the engine cannot do what the options ask for
   */
  LoadedModel companion(Object key, LoadOptions options, Supplier<ModelGraph> graph);

  /** Frees what the engine holds. */
  @Override
  void close();
}
