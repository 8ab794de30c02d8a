package org.pellucid.backend.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.pellucid.graph.Node;
import org.pellucid.graph.TensorType;

/**
 * The arrays of a run by the names of their tensors. Where a tap depends on no other tap, what
 * leads to it is not recorded: the tap's array is a leaf of autograd's graph. Other taps are
 * ordinary arrays of that graph.
 */
final class Computation {
  private final DjlModel model;
  private final PtNDManager scope;
  private final int samples;
  private final Set<String> taps;
  private final Map<String, PtNDArray> values = new HashMap<>();

  /**
   * Tensors that depend on a tap in a way that has a derivative. DJL can tell this of leaves only.
   */
  private final Set<String> recorded = new HashSet<>();

  /**
   * A computation that has yet to run.
   *
   * @param scope the manager of all its arrays
   */
  Computation(DjlModel model, PtNDManager scope, int samples, Set<String> taps) {
    this.model = model;
    this.scope = scope;
    this.samples = samples;
    this.taps = taps;
  }

  /** Runs a plan on given arrays, which belong to the scope; the thread is prepared. */
  void run(Plan plan, Map<String, PtNDArray> given) {
    given.forEach((name, array) -> values.put(name, tapped(name, array)));
    plan.unused().forEach(this::release);
    for (Plan.Step step : plan.steps()) {
      Node node = step.node();
      PtNDArray output =
          Failures.named(
              () -> "computing " + node.describe() + " for " + samples + " samples",
              () -> compute(step));
      if (isRecorded(node, step.output())) {
        recorded.add(node.output());
      }
      values.put(node.output(), tapped(node.output(), output));
      step.released().forEach(this::release);
    }
  }

  private boolean isRecorded(Node node, TensorType output) {
    Lowering<?> lowering = Lowerings.all().of(node.operation());
    return output.elementType().isFloating()
        && IntStream.range(0, node.inputs().size())
            .anyMatch(i -> recorded.contains(node.inputs().get(i)) && lowering.differentiable(i));
  }

  private PtNDArray compute(Plan.Step step) {
    List<PtNDArray> inputs = new ArrayList<>();
    for (String input : step.node().inputs()) {
      PtNDArray value = values.get(input);
      inputs.add(value != null ? value : model.constant(input));
    }
    Call call =
        new Call(inputs, step.types(), step.output(), model.precision(), scope, model.scripts());
    var operation = step.node().operation();
    return NativeArrays.adopt(Lowerings.all().of(operation).run(operation, call), scope);
  }

  /** Makes a leaf of a tap that no recorded operation leads to. */
  private PtNDArray tapped(String name, PtNDArray array) {
    if (!taps.contains(name) || recorded.contains(name)) {
      return array;
    }
    try (array) {
      PtNDArray leaf = NativeArrays.adopt(JniUtils.detachGradient(array), scope);
      leaf.setRequiresGradient(true);
      recorded.add(name);
      return leaf;
    }
  }

  private void release(String tensor) {
    PtNDArray array = values.remove(tensor);
    if (array != null) {
      array.close();
    }
  }

  /** Lets go of all arrays. */
  void releaseAll() {
    List.copyOf(values.keySet()).forEach(this::release);
  }

  /** The array of a tensor, or null where none was kept. */
  PtNDArray get(String tensor) {
    return values.get(tensor);
  }

  /** The tensors whose arrays are kept. */
  Set<String> names() {
    return Set.copyOf(values.keySet());
  }

  /** Whether gradients go through a tensor. */
  boolean isRecorded(String tensor) {
    return recorded.contains(tensor);
  }

  /** Forgets the arrays, which their scope frees. */
  void clear() {
    values.clear();
  }
}
