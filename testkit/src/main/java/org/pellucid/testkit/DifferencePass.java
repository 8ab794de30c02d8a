package org.pellucid.testkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Tap;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.pass.Batching;

/** A run of a {@link DifferenceModel}: the values of all tensors. */
final class DifferencePass implements ForwardPass {
  private final Batching batching;
  private final int samples;
  private final Map<String, Tensor> inputs;
  private final Set<Tap> taps;
  private final Map<String, Tensor> replaced;
  private final ModelGraph graph;
  private final Map<String, Tensor> values;

  /**
   * Runs a network.
   *
   * @param replaced tensors that have other values than the network would give them
   */
  DifferencePass(
      Batching batching,
      int samples,
      Map<String, Tensor> inputs,
      Set<Tap> taps,
      Map<String, Tensor> replaced) {
    this.batching = batching;
    this.samples = samples;
    this.inputs = inputs;
    this.taps = Set.copyOf(taps);
    this.replaced = replaced;
    this.graph = batching.at(samples);
    Map<String, Tensor> given = new HashMap<>();
    graph.inputs().forEach((name, type) -> given.put(name, input(name, type)));
    given.putAll(replaced);
    this.values = run(given, Map.of(), graph.nodes());
  }

  private Tensor input(String name, TensorType type) {
    Tensor value = inputs.get(name);
    if (!value.shape().equals(type.shape())) {
      throw new InvalidRequestException(
          "Input \"" + name + "\" has shape " + type.shape() + ", found " + value.shape());
    }
    return type.elementType().isFloating() ? value.cast(ElementType.FLOAT64) : value;
  }

  /** Runs nodes; what they read is among the given values, else among the base, else a constant. */
  private Map<String, Tensor> run(
      Map<String, Tensor> given, Map<String, Tensor> base, List<Node> nodes) {
    Map<String, Tensor> found = new HashMap<>(given);
    for (Node node : nodes) {
      if (given.containsKey(node.output())) {
        continue;
      }
      List<Tensor> arguments = new ArrayList<>();
      for (String name : node.inputs()) {
        Tensor value = found.getOrDefault(name, base.get(name));
        arguments.add(value == null ? constant(name) : value);
      }
      found.put(node.output(), node.operation().evaluate(arguments));
    }
    return found;
  }

  private Tensor constant(String name) {
    Tensor constant = graph.constants().get(name);
    return constant.elementType().isFloating() ? constant.cast(ElementType.FLOAT64) : constant;
  }

  @Override
  public int samples() {
    return samples;
  }

  @Override
  public Map<String, Tensor> outputs() {
    Map<String, Tensor> outputs = new LinkedHashMap<>();
    graph.outputs().forEach(name -> outputs.put(name, values.get(name)));
    return outputs;
  }

  @Override
  public Tensor activation(Tap tap) {
    return values.get(known(tap).tensor());
  }

  private Tap known(Tap tap) {
    if (!taps.contains(tap)) {
      throw new InvalidRequestException(
          "\"" + tap.tensor() + "\" was not asked for in the forward pass; there are " + taps);
    }
    return tap;
  }

  @Override
  public Map<Tap, Tensor> backward(Map<Tap, Tensor> seeds, Set<Tap> at) {
    seeds.forEach(
        (tap, seed) -> {
          if (!graph.outputs().contains(tap.tensor())) {
            known(tap);
          }
          if (!values.get(tap.tensor()).shape().equals(seed.shape())) {
            throw new InvalidRequestException(
                "A seed of \""
                    + tap.tensor()
                    + "\" has shape "
                    + values.get(tap.tensor()).shape()
                    + ", found "
                    + seed.shape());
          }
        });
    Map<Tap, Tensor> gradients = new LinkedHashMap<>();
    at.forEach(tap -> gradients.put(tap, gradient(known(tap), seeds)));
    return gradients;
  }

  private Tensor gradient(Tap tap, Map<Tap, Tensor> seeds) {
    Set<String> seeded = new HashSet<>();
    seeds.keySet().forEach(seed -> seeded.add(seed.tensor()));
    Set<String> between = graph.downstream(Set.of(tap.tensor()));
    between.retainAll(graph.upstream(seeded));
    List<Node> nodes =
        graph.nodes().stream()
            .filter(node -> between.contains(node.output()))
            // What a resumed pass replaced does not depend on anything before it.
            .filter(node -> !replaced.containsKey(node.output()))
            .toList();
    double[] base = values.get(tap.tensor()).toDoubleArray();
    double[] gradient = new double[base.length];
    for (int i = 0; i < base.length; i++) {
      gradient[i] =
          (seededSum(tap, moved(base, i, DifferenceBackend.STEP), nodes, seeds)
                  - seededSum(tap, moved(base, i, -DifferenceBackend.STEP), nodes, seeds))
              / (2 * DifferenceBackend.STEP);
    }
    return Tensor.of(values.get(tap.tensor()).shape(), gradient);
  }

  private static double[] moved(double[] base, int element, double step) {
    double[] moved = base.clone();
    moved[element] += step;
    return moved;
  }

  /** The sum of seed times the difference to this pass, with a tap's values replaced. */
  private double seededSum(Tap tap, double[] elements, List<Node> nodes, Map<Tap, Tensor> seeds) {
    Tensor tensor = Tensor.of(values.get(tap.tensor()).shape(), elements);
    Map<String, Tensor> found = run(Map.of(tap.tensor(), tensor), values, nodes);
    double sum = 0;
    for (Map.Entry<Tap, Tensor> seed : seeds.entrySet()) {
      String name = seed.getKey().tensor();
      Tensor before = values.get(name);
      Tensor after = found.getOrDefault(name, before);
      for (int i = 0; i < after.size(); i++) {
        double weight = seed.getValue().get(i);
        sum += weight == 0 ? 0 : weight * (after.get(i) - before.get(i));
      }
    }
    return sum;
  }

  @Override
  public ForwardPass resume(Tap from, Tensor activations) {
    int axis = batching.axis(known(from).tensor());
    int perSample = values.get(from.tensor()).shape().dim(axis) / samples;
    int count = activations.shape().dim(axis) / perSample;
    if (samples != 1 && count != samples) {
      throw new InvalidRequestException(
          "A pass of " + samples + " samples is resumed with as many, found " + count);
    }
    Map<String, Tensor> others = new HashMap<>(replaced);
    others.put(from.tensor(), activations.cast(ElementType.FLOAT64));
    return new DifferencePass(batching, count, repeated(count / samples), taps, others);
  }

  /** The inputs, one sample's given to all. */
  private Map<String, Tensor> repeated(int times) {
    Map<String, Tensor> repeated = new HashMap<>();
    inputs.forEach(
        (name, value) -> {
          Tensor wide = value.cast(ElementType.FLOAT64);
          double[] elements = new double[wide.size() * times];
          for (int i = 0; i < elements.length; i++) {
            elements[i] = wide.get(i % wide.size());
          }
          Tensor all = Tensor.of(value.shape().with(0, value.shape().dim(0) * times), elements);
          repeated.put(name, all.cast(value.elementType()));
        });
    return repeated;
  }

  @Override
  public void close() {}
}
