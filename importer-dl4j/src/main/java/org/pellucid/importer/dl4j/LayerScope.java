package org.pellucid.importer.dl4j;

import java.util.List;
import java.util.stream.IntStream;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Transpose;
import org.pellucid.graph.op.Unary;

/**
 * One layer while its nodes are written. The last of them gets the layer's name; those on the way
 * to it, and its weights, are called {@code layer/part}.
 */
final class LayerScope {
  private final NetworkAssembly graph;
  private final String name;
  private final int firstNode;
  private String source;

  /**
   * Begins a layer.
   *
   * @param name the layer's name in the model
   * @param type what the model calls its type, the source of its nodes
   */
  LayerScope(NetworkAssembly graph, String name, String type) {
    this.graph = graph;
    this.name = name;
    this.source = type;
    this.firstNode = graph.size();
  }

  /** The layer's name. */
  String name() {
    return name;
  }

  /**
   * Says that the nodes from here on belong to another part of the layer, its activation: what the
   * layer computed before it then is a tensor of its own that can be looked at.
   */
  void source(String part) {
    source = part;
  }

  Shape shape(String tensor) {
    return graph.shape(tensor);
  }

  Shape shape(Value value) {
    return graph.shape(value.tensor());
  }

  /** Adds a node; returns the name of what it makes. */
  String node(String part, Operation operation, String... inputs) {
    String output = graph.freshName(name + "/" + part);
    graph.add(new Node(output, operation, List.of(inputs), output, source));
    return output;
  }

  /** Adds a weight; returns its name. */
  String constant(String part, Tensor value) {
    String constant = graph.freshName(name + "/" + part);
    graph.addConstant(constant, value);
    return constant;
  }

  /** Adds a number; returns its name. */
  String number(String part, double value) {
    return constant(part, Tensor.scalar((float) value));
  }

  /** Gives what the layer makes the layer's name, unless it only hands on what it was given. */
  Value finish(Value result) {
    if (graph.size() == firstNode) {
      return result;
    }
    String tensor = result.tensor();
    if (!graph.isLast(tensor)) {
      tensor = node("output", new Unary.Identity(), tensor);
    }
    graph.renameLast(tensor, name);
    return result.with(name);
  }

  /**
   * @throws MalformedInputException if a value has another number of axes
   */
  void requireRank(Value value, int rank) {
    if (shape(value).rank() != rank) {
      throw new MalformedInputException(
          "it takes "
              + rank
              + " axes (samples, channels and "
              + (rank - 2)
              + " in space), found the shape "
              + shape(value));
    }
  }

  /** A value as a tensor with the axes in the model's own order. */
  String inOwnOrder(Value value) {
    int rank = shape(value).rank();
    if (!value.channelsLast() || rank < 3) {
      return value.tensor();
    }
    return node("channels_last", new Transpose(channelsLast(rank)), value.tensor());
  }

  /** A tensor with the axes in the model's own order as a value. */
  Value fromOwnOrder(String tensor, boolean channelsLast) {
    int rank = shape(tensor).rank();
    if (!channelsLast || rank < 3) {
      return new Value(tensor, channelsLast);
    }
    return new Value(node("channels_first", new Transpose(channelsFirst(rank)), tensor), true);
  }

  /**
   * The axis of a value's tensor that the model knows by a number; negative counts from the end.
   */
  int axis(Value value, int own) {
    int rank = shape(value).rank();
    if (own < -rank || own >= rank) {
      throw new MalformedInputException(
          "it names the axis " + own + " of a tensor of " + rank + " axes");
    }
    int axis = own < 0 ? own + rank : own;
    return value.channelsLast() && rank >= 3 ? channelsLast(rank).get(axis) : axis;
  }

  /** Where a tensor with channels last has its axes in one with channels first. */
  private static List<Integer> channelsLast(int rank) {
    return IntStream.range(0, rank)
        .mapToObj(axis -> axis == 0 ? 0 : axis == rank - 1 ? 1 : axis + 1)
        .toList();
  }

  private static List<Integer> channelsFirst(int rank) {
    return IntStream.range(0, rank)
        .mapToObj(axis -> axis == 0 ? 0 : axis == 1 ? rank - 1 : axis - 1)
        .toList();
  }
}
