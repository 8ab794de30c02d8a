package org.pellucid.importer.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.Operation;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Concat;
import org.pellucid.graph.op.Unary;

/** Layers of Keras with several inputs. */
final class KerasMerges {
  private static final Set<String> TYPES =
      Set.of("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate");

  private KerasMerges() {}

  static Set<String> types() {
    return TYPES;
  }

  /** Writes a layer of one of the {@link #types}. */
  static Value write(KerasCall call, String type, List<Value> given) {
    if (given.size() < 2) {
      throw new MalformedInputException("it has " + given.size() + " inputs");
    }
    LayerScope scope = call.scope();
    int rank = scope.shape(given.get(0)).rank();
    boolean last = given.get(0).channelsLast();
    List<Value> inputs = new ArrayList<>();
    for (Value input : given) {
      if (scope.shape(input).rank() != rank) {
        throw new RefusedLayerException("its inputs have different numbers of axes");
      }
      inputs.add(call.ordered(input, last));
    }
    Value first = inputs.get(0);
    if (type.equals("Concatenate")) {
      int axis = scope.axis(first, call.settings().whole("axis", -1));
      String[] tensors = inputs.stream().map(Value::tensor).toArray(String[]::new);
      return first.with(scope.node("merge", new Concat(axis), tensors));
    }
    Operation operation =
        switch (type) {
          case "Add", "Average" -> new Binary.Add();
          case "Subtract" -> new Binary.Sub();
          case "Multiply" -> new Binary.Mul();
          case "Maximum" -> new Binary.Max();
          default -> new Binary.Min();
        };
    if (type.equals("Subtract") && inputs.size() != 2) {
      throw new MalformedInputException("it subtracts " + inputs.size() + " inputs");
    }
    String result = first.tensor();
    for (Value input : inputs.subList(1, inputs.size())) {
      result = scope.node("merge", operation, result, input.tensor());
    }
    if (type.equals("Average")) {
      result = scope.node("mean", new Unary.Affine(1.0 / inputs.size(), 0), result);
    }
    return first.with(result);
  }
}
