package org.pellucid.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/**
 * One node of a graph while it is written: what an encoder may ask about it, and where it puts what
 * it makes. The last ONNX node that an encoder makes has the node's name and output; nodes, tensors
 * and constants before it are named {@code output/suffix}.
 */
final class NodeEncoding {
  private final Node node;
  private final GraphEncoding graph;

  NodeEncoding(Node node, GraphEncoding graph) {
    this.node = node;
    this.graph = graph;
  }

  Operation operation() {
    return node.operation();
  }

  /** The version of the ONNX operators that may be used. */
  int opset() {
    return graph.opset();
  }

  /**
   * Refuses the node if the operators to be used are older.
   *
   * @param what what only newer ones can do: "scatter with addition"
   */
  void requireOpset(int lowest, String what) {
    if (opset() < lowest) {
      throw new NeedsOpsetException(what, lowest);
    }
  }

  List<String> inputs() {
    return node.inputs();
  }

  String input(int input) {
    return node.inputs().get(input);
  }

  TensorType type(int input) {
    return graph.type(input(input));
  }

  Shape shape(int input) {
    return type(input).shape();
  }

  /** The type of the node's output. */
  TensorType type() {
    return graph.type(node.output());
  }

  /** The shape of the node's output. */
  Shape shape() {
    return type().shape();
  }

  /** Whether the first input is floating. */
  boolean isFloating() {
    return type(0).elementType().isFloating();
  }

  /**
   * The axis of an input along which any number of samples may be stacked; {@link Samples#NONE} if
   * it has none, or the number is not to be left open.
   */
  int sampleAxis(int input) {
    return graph.sampleAxis(input(input));
  }

  /** The axis of the output along which any number of samples may be stacked, or NONE. */
  int sampleAxis() {
    return graph.sampleAxis(node.output());
  }

  /**
   * The lengths of a shape, with an open one replaced: by -1 for Reshape, by 1 for Expand.
   *
   * @param open an axis or NONE
   */
  static long[] lengths(Shape shape, int open, long replacement) {
    long[] lengths = Arrays.stream(shape.dims()).asLongStream().toArray();
    if (open != Samples.NONE) {
      lengths[open] = replacement;
    }
    return lengths;
  }

  /** Makes a tensor on the way to the output; returns its name. */
  String helper(String suffix, OnnxCall call, String... inputs) {
    return helpers(call, List.of(suffix), inputs).get(0);
  }

  /** Makes tensors on the way to the output by an operator with several outputs. */
  List<String> helpers(OnnxCall call, List<String> suffixes, String... inputs) {
    List<String> outputs = new ArrayList<>();
    for (String suffix : suffixes) {
      outputs.add(graph.freshName(node.output() + "/" + suffix));
    }
    graph.add(call, node.name() + "/" + suffixes.get(0), List.of(inputs), outputs);
    return outputs;
  }

  String helper(String suffix, String operator, String... inputs) {
    return helper(suffix, OnnxCall.of(operator), inputs);
  }

  /** Makes the output. */
  void output(OnnxCall call, String... inputs) {
    graph.add(call, node.name(), List.of(inputs), List.of(node.output()));
  }

  void output(String operator, String... inputs) {
    output(OnnxCall.of(operator), inputs);
  }

  /** Adds a constant; returns its name. */
  String constant(String suffix, Tensor value) {
    String name = graph.freshName(node.output() + "/" + suffix);
    graph.addConstant(name, value);
    return name;
  }

  /** Adds a single number in an element type; returns its name. */
  String number(String suffix, double value, ElementType type) {
    return constant(
        suffix,
        switch (type) {
          case FLOAT32 -> Tensor.scalar((float) value);
          case FLOAT64 -> Tensor.of(Shape.of(), value);
          case INT64, BOOL -> Tensor.scalar((long) value).cast(type);
        });
  }

  /** Adds a single number in the element type of the first input; returns its name. */
  String number(String suffix, double value) {
    return number(suffix, value, type(0).elementType());
  }

  /** Adds a vector of integers; returns its name. */
  String wholes(String suffix, long... values) {
    return constant(suffix, Tensor.of(Shape.of(values.length), values));
  }

  /** Adds a vector of integers; returns its name. */
  String wholes(String suffix, List<Integer> values) {
    return wholes(suffix, values.stream().mapToLong(Integer::longValue).toArray());
  }
}
