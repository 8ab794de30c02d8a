package org.pellucid.testkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/**
 * An operation with attributes and inputs on which engines are checked.
 *
 * @param operation the operation
 * @param inputs values in its order; floating ones are FLOAT64 and exact in float32
 * @param fixed which of them are constants of the network, as weights are
 */
public record OperationCase(Operation operation, List<Tensor> inputs, Set<Integer> fixed) {
  /** The name of the output in {@link #graph}. */
  public static final String OUTPUT = "y";

  /** Copies list and set. */
  public OperationCase {
    inputs = List.copyOf(inputs);
    fixed = Set.copyOf(fixed);
  }

  /** The name of an input in {@link #graph}. */
  public static String input(int index) {
    return "x" + index;
  }

  /** The node of {@link #graph}. */
  public Node node() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      names.add(input(i));
    }
    return new Node("node", operation, names, OUTPUT, "");
  }

  /** A graph of this one node; floating tensors are FLOAT32. */
  public ModelGraph graph() {
    Map<String, TensorType> types = new LinkedHashMap<>();
    Map<String, Tensor> constants = new HashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      Tensor tensor = inputs.get(i);
      ElementType type =
          tensor.elementType().isFloating() ? ElementType.FLOAT32 : tensor.elementType();
      if (fixed.contains(i)) {
        constants.put(input(i), tensor.cast(type));
      } else {
        types.put(input(i), new TensorType(type, tensor.shape()));
      }
    }
    return ModelGraph.of(types, constants, List.of(node()), List.of(OUTPUT), Map.of());
  }

  /** The values of the graph's inputs. */
  public Map<String, Tensor> feeds() {
    Map<String, Tensor> feeds = new HashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      if (!fixed.contains(i)) {
        feeds.put(input(i), inputs.get(i));
      }
    }
    return feeds;
  }

  /** What the operation means: its reference evaluation. */
  public Tensor expected() {
    return operation.evaluate(inputs);
  }

  /** The inputs at which there is a gradient: floating, not fixed, and of a floating output. */
  public List<Integer> differentiable() {
    List<Integer> indices = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      if (!fixed.contains(i) && inputs.get(i).elementType().isFloating()) {
        indices.add(i);
      }
    }
    return expected().elementType().isFloating() ? indices : List.of();
  }

  /**
   * The gradient at an input by central differences of the reference.
   *
   * @param index the input
   * @param seed the derivative of the scalar with respect to the output
   */
  public double[] differences(int index, Tensor seed) {
    double[] weights = seed.toDoubleArray();
    double[] values = inputs.get(index).toDoubleArray();
    double[] gradient = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      double step = 1e-5 * Math.max(1, Math.abs(values[i]));
      gradient[i] =
          (scalar(index, values, i, step, weights) - scalar(index, values, i, -step, weights))
              / (2 * step);
    }
    return gradient;
  }

  private double scalar(int index, double[] values, int at, double step, double[] weights) {
    double[] moved = values.clone();
    moved[at] += step;
    List<Tensor> changed = new ArrayList<>(inputs);
    changed.set(index, Tensor.of(inputs.get(index).shape(), moved));
    double[] output = operation.evaluate(changed).toDoubleArray();
    double sum = 0;
    for (int i = 0; i < output.length; i++) {
      sum += weights[i] * output[i];
    }
    return sum;
  }

  /** The operation and the types of its inputs. */
  @Override
  public String toString() {
    return operation + " of " + inputs.stream().map(Tensor::type).toList();
  }
}
