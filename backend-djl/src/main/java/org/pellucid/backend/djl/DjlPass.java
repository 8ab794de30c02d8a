package org.pellucid.backend.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.Tap;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * One run. Gradients are asked of autograd for just the wanted arrays, so that nothing is
 * accumulated anywhere and any number of questions can follow each other.
 */
final class DjlPass implements ForwardPass {
  private final DjlModel model;
  private final PtNDManager scope;
  private final int samples;
  private final Set<String> taps;
  private final Computation values;
  private Map<String, Tensor> outputs;
  private boolean closed;

  /**
   * A pass that has yet to run.
   *
   * @param scope the manager of all its arrays, which it closes
   */
  DjlPass(DjlModel model, PtNDManager scope, int samples, Set<String> taps) {
    this.model = model;
    this.scope = scope;
    this.samples = samples;
    this.taps = taps;
    this.values = new Computation(model, scope, samples, taps);
  }

  /** Runs a plan on given arrays, which belong to the pass; the thread is prepared. */
  void run(Plan plan, Map<String, PtNDArray> given) {
    values.run(plan, given);
    if (taps.isEmpty()) {
      outputs = download();
      values.releaseAll();
    }
  }

  private Map<String, Tensor> download() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String name : model.graph().outputs()) {
      PtNDArray array = values.get(name);
      tensors.put(name, array == null ? model.constantTensor(name) : NativeArrays.download(array));
    }
    return Collections.unmodifiableMap(tensors);
  }

  @Override
  public int samples() {
    return samples;
  }

  @Override
  public synchronized Map<String, Tensor> outputs() {
    requireOpen();
    if (outputs == null) {
      outputs = work(false, "reading the outputs", this::download);
    }
    return outputs;
  }

  @Override
  public synchronized Tensor activation(Tap tap) {
    requireOpen();
    model.requests().checkTap(tap, taps);
    return work(
        false,
        "reading tensor \"" + tap.tensor() + "\"",
        () -> NativeArrays.download(values.get(tap.tensor())));
  }

  @Override
  public synchronized Map<Tap, Tensor> backward(Map<Tap, Tensor> seeds, Set<Tap> at) {
    requireOpen();
    at.forEach(tap -> model.requests().checkTap(tap, taps));
    seeds.forEach((tap, seed) -> model.requests().checkSeed(tap, seed, taps, samples));
    List<Tap> order = List.copyOf(at);
    return work(
        true,
        "taking gradients at " + at + " for " + samples + " samples",
        () -> {
          try (PtNDManager temporary = (PtNDManager) scope.newSubManager()) {
            return gradients(temporary, seeds, order);
          }
        });
  }

  private Map<Tap, Tensor> gradients(PtNDManager temporary, Map<Tap, Tensor> seeds, List<Tap> at) {
    List<PtNDArray> differentiated = new ArrayList<>();
    List<PtNDArray> derivatives = new ArrayList<>();
    seeds.forEach(
        (tap, seed) -> {
          PtNDArray array = values.get(tap.tensor());
          // Nothing leads from a tap to what was not recorded.
          if (array != null && values.isRecorded(tap.tensor())) {
            differentiated.add(array);
            derivatives.add(model.upload(temporary, seed));
          }
        });
    Map<Tap, Tensor> result = new LinkedHashMap<>();
    if (differentiated.isEmpty() || at.isEmpty()) {
      at.forEach(tap -> result.put(tap, zeros(values.get(tap.tensor()))));
      return Collections.unmodifiableMap(result);
    }
    List<PtNDArray> gradients =
        model
            .scripts()
            .gradients(
                temporary,
                differentiated,
                derivatives,
                at.stream().map(tap -> values.get(tap.tensor())).toList());
    for (int i = 0; i < at.size(); i++) {
      result.put(at.get(i), NativeArrays.download(gradients.get(i)));
    }
    return Collections.unmodifiableMap(result);
  }

  private Tensor zeros(PtNDArray like) {
    Shape shape = NativeArrays.shape(like.getShape());
    int size = Math.toIntExact(shape.size());
    return switch (model.precision()) {
      case FLOAT64 -> Tensor.of(shape, new double[size]);
      default -> Tensor.of(shape, new float[size]);
    };
  }

  @Override
  public synchronized ForwardPass resume(Tap from, Tensor activations) {
    requireOpen();
    model.requests().checkTap(from, taps);
    int count = model.requests().resumedSamples(from, activations, samples);
    return work(
        true,
        "resuming from \"" + from.tensor() + "\" with " + count + " samples",
        () -> {
          PtNDManager childScope = model.newScope();
          try {
            return resume(from.tensor(), activations, count, childScope);
          } catch (RuntimeException | Error e) {
            childScope.close();
            throw e;
          }
        });
  }

  private ForwardPass resume(String from, Tensor activations, int count, PtNDManager childScope) {
    Set<String> downstream = model.graph().downstream(Set.of(from));
    Set<String> childTaps = new TreeSet<>(taps);
    childTaps.retainAll(downstream);
    Set<String> given = new LinkedHashSet<>();
    given.add(from);
    for (String name : values.names()) {
      if (!downstream.contains(name) && (model.graph().has(name) || count == samples)) {
        given.add(name);
      }
    }
    Plan plan = model.plan(count, given, childTaps);
    Map<String, PtNDArray> arrays = new HashMap<>();
    for (String name : given) {
      if (!plan.unused().contains(name)) {
        arrays.put(
            name,
            name.equals(from)
                ? model.upload(childScope, activations)
                : repeated(name, count, childScope));
      }
    }
    DjlPass child = new DjlPass(model, childScope, count, childTaps);
    child.run(plan, arrays);
    return child;
  }

  /** A tensor of this pass, unrecorded, for each of a number of samples. */
  private PtNDArray repeated(String name, int count, PtNDManager owner) {
    PtNDArray array = NativeArrays.adopt(JniUtils.detachGradient(values.get(name)), owner);
    int axis = model.batching().axis(name);
    if (count == samples || axis == Samples.NONE) {
      return array;
    }
    long[] shape = array.getShape().getShape();
    if (shape[axis] == 1) {
      shape[axis] = count;
      try (array) {
        return JniUtils.broadcast(array, new ai.djl.ndarray.types.Shape(shape));
      }
    }
    long[] repeats = new long[shape.length];
    Arrays.fill(repeats, 1);
    repeats[axis] = count;
    try (array) {
      return JniUtils.tile(array, repeats);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("The forward pass was closed; its arrays are gone");
    }
  }

  private <T> T work(boolean record, String what, Supplier<T> task) {
    requireOpen();
    return model.guarded(
        () -> {
          try (TorchThread thread = TorchThread.recording(record, model.threads())) {
            return Failures.named(() -> what, task);
          }
        });
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      values.clear();
      model.release(scope);
    }
  }
}
