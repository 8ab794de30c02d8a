package org.pellucid.api.engine;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.NoisyRuns;
import org.pellucid.api.Tap;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.pass.Batching;

/**
 * The checks of what is asked of a loaded model and its forward passes, the same in all backends.
 * Safe for use by several threads.
 *
 * @since 0.1.0
 */
public final class ModelRequests {
  private final ModelGraph graph;
  private final Batching batching;
  private final Set<String> dependent;

  private ModelRequests(ModelGraph graph, Batching batching) {
    this.graph = graph;
    this.batching = batching;
    this.dependent = graph.downstream(graph.inputs().keySet());
  }

  /**
   * Checks for a model.
   *
   * @param batching of the graph
   */
  public static ModelRequests of(ModelGraph graph, Batching batching) {
    return new ModelRequests(graph, batching);
  }

  /**
   * Checks the inputs of a forward pass and tells how many samples they hold.
   *
   * @throws InvalidRequestException if one is missing, unknown, or of another type or shape
   */
  public int samples(Map<String, Tensor> inputs) {
    return samplesOf(types(inputs));
  }

  private static Map<String, TensorType> types(Map<String, Tensor> inputs) {
    Map<String, TensorType> types = new HashMap<>();
    inputs.forEach((name, tensor) -> types.put(name, tensor.type()));
    return types;
  }

  private int samplesOf(Map<String, TensorType> inputs) {
    checkNames(inputs.keySet());
    int samples = batching.samples();
    if (batching.obstacle().isEmpty()) {
      for (TensorType given : inputs.values()) {
        samples = given.shape().rank() == 0 ? samples : given.shape().dim(0);
        break;
      }
    }
    for (Map.Entry<String, TensorType> input : inputs.entrySet()) {
      checkInput(input.getKey(), input.getValue(), samples);
    }
    return samples;
  }

  /**
   * Checks the names of inputs.
   *
   * @throws InvalidRequestException if one is missing or unknown
   */
  void checkNames(Set<String> names) {
    if (!names.equals(graph.inputs().keySet())) {
      throw new InvalidRequestException(
          "The model has the inputs " + graph.inputs() + ", found values for " + names);
    }
  }

  /**
   * Checks a number of samples.
   *
   * @throws InvalidRequestException if it is none, or one that the model cannot run
   */
  void checkSamples(int samples) {
    if (samples < 1) {
      throw new InvalidRequestException("A batch has at least one sample, found " + samples);
    }
    if (batching.obstacle().isPresent() && samples != batching.samples()) {
      throw new InvalidRequestException(
          "The model was written for "
              + batching.samples()
              + " sample(s) and cannot run "
              + samples
              + " at once: "
              + batching.obstacle().get());
    }
  }

  /**
   * Checks an input of a forward pass over a number of samples.
   *
   * @throws InvalidRequestException if it is of another type or shape
   */
  void checkInput(String name, TensorType given, int samples) {
    TensorType type = graph.type(name);
    boolean fits =
        type.elementType().isFloating()
            ? given.elementType().isFloating()
            : given.elementType() == type.elementType();
    Shape wanted = samples < 1 ? null : shape(name, samples);
    if (!fits || !given.shape().equals(wanted)) {
      throw new InvalidRequestException(
          "Input \""
              + name
              + "\" is "
              + type
              + batching
                  .obstacle()
                  .map(obstacle -> ", and the model cannot run in batches (" + obstacle + ")")
                  .orElse(" with any number of samples along the first axis, as in all inputs")
              + "; found "
              + given);
    }
  }

  /**
   * Checks a batch of noisy copies, and the other inputs.
   *
   * @throws InvalidRequestException if an input is missing, unknown, or of another type or shape
   */
  public void checkCopies(NoisyRuns.Batch batch, Map<String, Tensor> others) {
    Shape one = batch.copies().shape();
    Map<String, TensorType> inputs = types(others);
    inputs.put(
        batch.input(),
        new TensorType(
            ElementType.FLOAT32, one.rank() == 0 ? one : one.with(0, one.dim(0) * batch.count())));
    samplesOf(inputs);
  }

  /** The shape of a tensor for a number of samples that the model can run. */
  public Shape shape(String tensor, int samples) {
    // Downstream of an obstacle the axis of the samples means nothing.
    return samples == batching.samples()
        ? graph.type(tensor).shape()
        : batching.shape(tensor, samples);
  }

  /**
   * Checks a tap that is asked for in a forward pass.
   *
   * @throws InvalidRequestException if it names no floating tensor that depends on an input
   */
  public void checkTap(Tap tap) {
    String reason = null;
    if (!graph.has(tap.tensor())) {
      reason = "the model has no such tensor; a tap is the output of a node or an input";
    } else if (!dependent.contains(tap.tensor())) {
      reason = "the tensor does not depend on an input";
    } else if (!graph.type(tap.tensor()).elementType().isFloating()) {
      reason = "it holds " + graph.type(tap.tensor()) + ", of which there are no gradients";
    }
    if (reason != null) {
      throw new InvalidRequestException("No tap at \"" + tap.tensor() + "\": " + reason);
    }
  }

  /**
   * Checks a tap that is asked of a pass.
   *
   * @param taps the names of the pass's taps
   * @throws InvalidRequestException if it is not one of them
   */
  public void checkTap(Tap tap, Set<String> taps) {
    if (!taps.contains(tap.tensor())) {
      throw new InvalidRequestException(
          "No tap at \""
              + tap.tensor()
              + "\" in this pass; its taps are: "
              + list(taps)
              + ". Name it when the forward pass is asked for");
    }
  }

  /**
   * Checks where a seed stands.
   *
   * @param taps the names of the pass's taps
   * @throws InvalidRequestException if it is no output or tap of the pass, or not floating
   */
  public void checkSeeded(Tap tap, Set<String> taps) {
    String name = tap.tensor();
    if (!taps.contains(name) && !graph.outputs().contains(name)) {
      throw new InvalidRequestException(
          "A seed stands at an output ("
              + list(graph.outputs())
              + ") or a tap of the pass ("
              + list(taps)
              + "), found \""
              + name
              + '"');
    }
    if (!graph.type(name).elementType().isFloating()) {
      throw new InvalidRequestException(
          "No seed at \""
              + name
              + "\": it holds "
              + graph.type(name)
              + ", of which there are no gradients");
    }
  }

  /**
   * Checks a seed of a backward pass.
   *
   * @param taps the names of the pass's taps
   * @param samples the pass's number of samples
   * @throws InvalidRequestException if it stands at another tensor than an output or a tap of the
   *     pass, at one that is not floating, or is of another shape
   */
  public void checkSeed(Tap tap, Tensor seed, Set<String> taps, int samples) {
    checkSeeded(tap, taps);
    Shape shape = shape(tap.tensor(), samples);
    if (!seed.elementType().isFloating() || !seed.shape().equals(shape)) {
      throw new InvalidRequestException(
          "A seed at \""
              + tap.tensor()
              + "\" is a floating tensor of shape "
              + shape
              + ", found "
              + seed.type());
    }
  }

  /**
   * Checks activations that a pass is resumed with and tells how many samples they hold.
   *
   * @param from a tap of the pass
   * @param samples the pass's number of samples
   * @throws InvalidRequestException if they are not floating or of another shape
   */
  public int resumedSamples(Tap from, Tensor activations, int samples) {
    int axis = batching.axis(from.tensor());
    int count = samples;
    boolean any = samples == 1 && axis != Samples.NONE && batching.obstacle().isEmpty();
    Shape one = shape(from.tensor(), samples);
    if (any && activations.shape().rank() == one.rank()) {
      int length = one.dim(axis);
      count = length == 0 ? samples : activations.shape().dim(axis) / length;
    }
    Shape wanted = count < 1 ? null : any ? shape(from.tensor(), count) : one;
    if (!activations.elementType().isFloating() || !activations.shape().equals(wanted)) {
      throw new InvalidRequestException(
          "Activations to resume from \""
              + from.tensor()
              + "\" are floating and of shape "
              + one
              + (any ? " with any number of samples along axis " + axis : "")
              + ", found "
              + activations.type());
    }
    return count;
  }

  /** Names for a message, in order. */
  private static String list(Collection<String> names) {
    return names.stream()
        .sorted()
        .distinct()
        .map(n -> '"' + n + '"')
        .collect(Collectors.joining(", "));
  }
}
