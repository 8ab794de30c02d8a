package org.pellucid.backend.dl4j;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.pellucid.api.engine.Executable;
import org.pellucid.api.engine.Value;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/** A graph, run node by node; an array is freed after the last node that reads it. */
final class Nd4jExecutable implements Executable {
  /** A node with all that is known of it before it runs. */
  private record Step(Node node, List<TensorType> types, TensorType output, List<String> spent) {}

  private final Nd4jEngine engine;
  private final DataType precision;
  private final Map<String, Nd4jValue> constants;
  private final Collection<Nd4jValue> own;
  private final List<String> outputs;
  private final List<Step> steps;

  /**
   * Prepares a graph.
   *
   * @param constants the graph's constants by name
   * @param own those of them that are closed with this
   */
  Nd4jExecutable(
      Nd4jEngine engine,
      ModelGraph graph,
      DataType precision,
      Map<String, Nd4jValue> constants,
      Collection<Nd4jValue> own) {
    this.engine = engine;
    this.precision = precision;
    this.constants = constants;
    this.own = List.copyOf(own);
    this.outputs = graph.outputs();
    this.steps = steps(graph);
  }

  private static List<Step> steps(ModelGraph graph) {
    Set<String> later = new HashSet<>(graph.outputs());
    later.addAll(graph.inputs().keySet());
    later.addAll(graph.constants().keySet());
    List<Step> steps = new ArrayList<>();
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      Node node = graph.nodes().get(i);
      Set<String> spent = new HashSet<>(node.inputs());
      spent.removeAll(later);
      later.addAll(spent);
      List<TensorType> types = node.inputs().stream().map(graph::type).toList();
      steps.add(0, new Step(node, types, graph.type(node.output()), List.copyOf(spent)));
    }
    return List.copyOf(steps);
  }

  @Override
  public Map<String, Value> run(Map<String, Value> inputs) {
    engine.prepare();
    Map<String, Nd4jValue> made = new HashMap<>();
    try {
      for (Step step : steps) {
        List<Nd4jValue> operands = new ArrayList<>();
        for (String name : step.node().inputs()) {
          Nd4jValue value = made.get(name);
          value = value == null ? constants.get(name) : value;
          operands.add(value == null ? (Nd4jValue) inputs.get(name) : value);
        }
        made.put(step.node().output(), run(step, operands));
        for (String name : step.spent()) {
          made.remove(name).close();
        }
      }
      Map<String, Value> results = new HashMap<>();
      outputs.forEach(name -> results.put(name, made.get(name)));
      made.keySet().removeAll(outputs);
      return results;
    } catch (RuntimeException | Error e) {
      made.values().forEach(Nd4jValue::close);
      throw e;
    }
  }

  private Nd4jValue run(Step step, List<Nd4jValue> operands) {
    return Failures.named(
        () -> "computing " + step.node().describe() + " of " + step.types(),
        () -> {
          Operation operation = step.node().operation();
          TensorType output = step.output();
          if (!isNative(step)) {
            List<Tensor> tensors = operands.stream().map(Nd4jValue::toTensor).toList();
            return Nd4jValue.of(operation.evaluate(tensors), precision);
          }
          try (Call call = new Call(operands, step.types(), output, precision)) {
            INDArray result = Kernels.all().of(operation).run(operation, call);
            return Nd4jValue.of(call.keep(result), output.shape());
          }
        });
  }

  /** Whether ND4J has something to do: what has no elements or makes integers is done in Java. */
  private static boolean isNative(Step step) {
    TensorType output = step.output();
    return Nd4jValue.isNative(output.elementType(), output.shape())
        && step.types().stream()
            .allMatch(
                type ->
                    type.shape().size() > 0
                        && (type.elementType() != ElementType.INT64
                            || Kernels.takesIndices(step.node().operation())));
  }

  @Override
  public void close() {
    own.forEach(Nd4jValue::close);
  }
}
