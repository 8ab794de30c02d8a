package org.pellucid.api.engine;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.HeldLayer;
import org.pellucid.api.HeldTensor;
import org.pellucid.api.PowerSums;
import org.pellucid.api.Tap;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * One run: the values of the outputs and taps, of what gradients at the taps read, and of what
 * bypasses the taps.
 */
final class GraphPass implements HoldingPass {
  private final GraphModel model;
  private final ValueScope scope;
  private final int samples;
  private final Set<String> taps;
  private final Map<String, Value> values;
  private final Set<GraphPass> resumed = ConcurrentHashMap.newKeySet();

  /** What the model holds of activations, for all targets of the pass. */
  private final Map<Tap, HeldTensor> held = new HashMap<>();

  private final HeldValues.Group holding;

  private GraphPass origin;
  private Map<String, Tensor> outputs;
  private boolean closed;

  /**
   * A pass that was run.
   *
   * @param scope owns the values that the pass closes
   */
  GraphPass(
      GraphModel model,
      ValueScope scope,
      int samples,
      Set<String> taps,
      Map<String, Value> values) {
    this.model = model;
    this.scope = scope;
    this.samples = samples;
    this.taps = taps;
    this.values = values;
    this.holding = model.held().new Group();
    if (taps.isEmpty()) {
      outputs = readOutputs();
      values.clear();
      model.release(scope);
    }
  }

  private Map<String, Tensor> readOutputs() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    ModelGraph graph = model.graph();
    for (String name : graph.outputs()) {
      Value value = values.get(name);
      tensors.put(name, value == null ? model.constant(name) : value.toTensor());
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
      outputs = model.guarded(this::readOutputs);
    }
    return outputs;
  }

  @Override
  public synchronized Tensor activation(Tap tap) {
    requireOpen();
    model.requests().checkTap(tap, taps);
    return model.guarded(() -> values.get(tap.tensor()).toTensor());
  }

  @Override
  public synchronized Map<Tap, Tensor> backward(Map<Tap, Tensor> seeds, Set<Tap> at) {
    checkQuestion(seeds, at);
    return withTemporary(
        temporary -> {
          Map<String, Value> found = gradients(seeds, at, temporary);
          Map<Tap, Tensor> result = new LinkedHashMap<>();
          for (Tap tap : at) {
            result.put(tap, model.gradient(tap, found.get(tap.tensor()), samples));
          }
          return Collections.unmodifiableMap(result);
        });
  }

  @Override
  public synchronized void addPowers(
      Map<Tap, Tensor> seeds, Map<Tap, PowerSums> sums, PowerSums.Factors factors) {
    checkQuestion(seeds, sums.keySet());
    withTemporary(
        temporary -> {
          Map<String, Value> found = gradients(seeds, sums.keySet(), temporary);
          add(sums, tap -> found.get(tap.tensor()), factors);
          return found;
        });
  }

  /**
   * Adds gradients to sums.
   *
   * @param gradients by tap; null for zeros
   */
  void add(Map<Tap, PowerSums> sums, Function<Tap, Value> gradients, PowerSums.Factors factors) {
    withTemporary(
        temporary -> {
          Map<Tap, Value> all = new HashMap<>();
          for (Tap tap : sums.keySet()) {
            Value gradient = gradients.apply(tap);
            all.put(
                tap,
                gradient == null
                    ? temporary.own(model.value(model.gradient(tap, null, samples)))
                    : gradient);
          }
          GraphNoisyRuns.add(all, sums, factors);
          return all;
        });
  }

  @Override
  public synchronized Map<Tap, HeldLayer> hold(Map<Tap, Tensor> seeds, Set<Tap> at) {
    checkQuestion(seeds, at);
    return withTemporary(
        temporary -> {
          Map<String, Value> found = gradients(seeds, at, temporary);
          return hold(at, tap -> found.get(tap.tensor()));
        });
  }

  /**
   * Has the model hold layers.
   *
   * @param gradients by tap; null for zeros
   */
  synchronized Map<Tap, HeldLayer> hold(Set<Tap> at, Function<Tap, Value> gradients) {
    Map<Tap, HeldLayer> layers = new LinkedHashMap<>();
    for (Tap tap : at) {
      HeldTensor activations =
          held.computeIfAbsent(
              tap, each -> hold(each, values.get(each.tensor()), value -> value.toTensor()));
      HeldTensor gradient =
          hold(tap, gradients.apply(tap), value -> model.gradient(tap, value, samples));
      layers.put(tap, new HeldLayer(activations, gradient));
    }
    return layers;
  }

  /** What is not held comes to Java memory. */
  private HeldTensor hold(Tap tap, Value value, Function<Value, Tensor> reading) {
    Shape shape = model.requests().shape(tap.tensor(), samples);
    Optional<HeldTensor> kept =
        value == null ? Optional.empty() : holding.hold(value, shape, reading);
    return kept.orElseGet(
        () -> {
          Optional<Tensor> read = Optional.of(reading.apply(value));
          return () -> read;
        });
  }

  private void checkQuestion(Map<Tap, Tensor> seeds, Set<Tap> at) {
    requireOpen();
    at.forEach(tap -> model.requests().checkTap(tap, taps));
    seeds.forEach((tap, seed) -> model.requests().checkSeed(tap, seed, taps, samples));
  }

  private <T> T withTemporary(Function<ValueScope, T> work) {
    return model.guarded(
        () -> {
          ValueScope temporary = model.newScope();
          try {
            return work.apply(temporary);
          } finally {
            model.release(temporary);
          }
        });
  }

  /** Gradients by tensor; none where no seed depends on it. */
  private Map<String, Value> gradients(Map<Tap, Tensor> seeds, Set<Tap> at, ValueScope temporary) {
    Set<String> wanted = GraphModel.names(at);
    Set<String> dependent = model.downstream(wanted);
    Set<String> seeded = GraphModel.names(seeds.keySet());
    seeded.retainAll(dependent);
    if (seeded.isEmpty()) {
      return Map.of();
    }
    return model
        .compiled()
        .use(
            new Parts.Backward(samples, seeded, wanted),
            ready -> ready.run(source -> given(source, seeds, temporary), temporary).gradients());
  }

  private Value given(Part.Source source, Map<Tap, Tensor> seeds, ValueScope temporary) {
    return source.seed()
        ? temporary.own(model.value(seeds.get(new Tap(source.tensor()))))
        : values.get(source.tensor());
  }

  @Override
  public synchronized ForwardPass resume(Tap from, Tensor activations) {
    requireOpen();
    model.requests().checkTap(from, taps);
    int count = model.requests().resumedSamples(from, activations, samples);
    Set<String> downstream = model.downstream(Set.of(from.tensor()));
    Set<String> later = new TreeSet<>(taps);
    later.retainAll(downstream);
    Set<String> given = new TreeSet<>(values.keySet());
    given.removeIf(name -> downstream.contains(name) || !model.graph().has(name));
    given.add(from.tensor());
    Map<String, Parts.Arrival> arrivals = new HashMap<>();
    if (count != samples) {
      given.forEach(name -> arrivals.put(name, Parts.Arrival.ONE));
      arrivals.remove(from.tensor());
    }
    Parts.Forward question = new Parts.Forward(count, given, arrivals, later);
    return model.guarded(
        () -> {
          GraphPass pass =
              model.pass(
                  question,
                  own -> {
                    Value replaced = own.own(model.value(activations));
                    return source ->
                        source.tensor().equals(from.tensor())
                            ? replaced
                            : values.get(source.tensor());
                  });
          return pass.resumedFrom(this);
        });
  }

  private GraphPass resumedFrom(GraphPass pass) {
    origin = pass;
    pass.resumed.add(this);
    return this;
  }

  /**
   * Checks that the pass was not closed.
   *
   * @throws IllegalStateException if it was
   */
  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("The forward pass was closed; its values are gone");
    }
  }

  /** Closes the passes that were resumed from this one, too: they read its values. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      resumed.forEach(GraphPass::close);
      resumed.clear();
      values.clear();
      model.release(scope);
      if (origin != null) {
        origin.resumed.remove(this);
      }
    }
  }
}
