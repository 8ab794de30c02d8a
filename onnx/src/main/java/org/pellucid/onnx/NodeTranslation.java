package org.pellucid.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/**
 * One ONNX node while it is translated: what a translator may ask about it, and where it puts what
 * it makes. The last node that a translator makes has the name of the ONNX node's output; tensors
 * before it are named {@code output/suffix}.
 */
final class NodeTranslation {
  private final OnnxNode node;
  private final int opset;
  private final GraphAssembly assembly;
  private final Set<String> read;
  private final Inlining inlining;
  private final Attributes attributes;

  /**
   * Prepares the translation of a node.
   *
   * @param read names of all tensors that anything reads
   */
  NodeTranslation(
      OnnxNode node, int opset, GraphAssembly assembly, Set<String> read, Inlining inlining) {
    this.node = node;
    this.opset = opset;
    this.assembly = assembly;
    this.read = read;
    this.inlining = inlining;
    this.attributes = new Attributes(node.attributes());
  }

  /** The version of the default operator set that the file asks for. */
  int opset() {
    return opset;
  }

  Attributes attributes() {
    return attributes;
  }

  /** How many inputs are named, left out ones between them included. */
  int inputCount() {
    return node.inputs().size();
  }

  int outputCount() {
    return node.outputs().size();
  }

  /** Whether an input is given. */
  boolean has(int input) {
    return input < node.inputs().size() && !node.inputs().get(input).isEmpty();
  }

  /** The name of an input that must be given. */
  String input(int input) {
    if (!has(input)) {
      throw new IllegalArgumentException("input " + input + " is missing");
    }
    return node.inputs().get(input);
  }

  /** The names of the inputs, none of which may be left out. */
  List<String> inputs() {
    for (int i = 0; i < inputCount(); i++) {
      input(i);
    }
    return node.inputs();
  }

  TensorType type(int input) {
    return assembly.type(input(input));
  }

  Shape shape(int input) {
    return type(input).shape();
  }

  Shape shape(String tensor) {
    return assembly.type(tensor).shape();
  }

  TensorType type(String tensor) {
    return assembly.type(tensor);
  }

  boolean isConstant(int input) {
    return assembly.isConstant(input(input));
  }

  boolean isConstant(String tensor) {
    return assembly.isConstant(tensor);
  }

  /** The value of a tensor that is known to be a constant. */
  Tensor constant(String tensor) {
    return assembly.constant(tensor);
  }

  /** The element type as the file has it, null where it is not known any more. */
  OnnxDataType dataType(int input) {
    return assembly.dataType(input(input));
  }

  /**
   * The value of an input that must not depend on the data.
   *
   * @param role what the input is, for the refusal: "shape"
   */
  Tensor constant(int input, String role) {
    if (!isConstant(input)) {
      throw new RefusedNodeException("its " + role + " depends on the model's input data");
    }
    return assembly.constant(input(input));
  }

  /** The integers of an input that must not depend on the data, beyond int's range clamped. */
  List<Integer> wholes(int input, String role) {
    Tensor value = constant(input, role);
    if (value.elementType().isFloating()) {
      throw new IllegalArgumentException("its " + role + " should be integers, found " + value);
    }
    return Arrays.stream(value.toLongArray()).mapToObj(Attributes::clamped).toList();
  }

  /** The single number of an input that must not depend on the data. */
  double number(int input, String role) {
    Tensor value = constant(input, role);
    if (value.size() != 1) {
      throw new IllegalArgumentException("its " + role + " should be one number, found " + value);
    }
    return value.get(0);
  }

  /**
   * Asks for the room of a table of numbers.
   *
   * @throws RefusedNodeException if it is too large
   */
  void takeRoom(long elements) {
    assembly.takeRoom(elements);
  }

  /** Translates a graph that stands in an attribute in place of this node. */
  void branch(String attribute) {
    if (attributes.get(attribute) instanceof OnnxAttribute.Nested nested) {
      inlining.branch(node, nested.graph(), opset);
    } else {
      throw new IllegalArgumentException(
          "attribute "
              + attribute
              + " should be a graph, found "
              + (attributes.has(attribute) ? attributes.get(attribute) : "none"));
    }
  }

  /** Reads a tensor that stands in an attribute. */
  Tensor load(OnnxTensor tensor) {
    return assembly.load(tensor);
  }

  /** Whether anything reads an output. */
  boolean isUsed(int output) {
    return output < node.outputs().size() && read.contains(node.outputs().get(output));
  }

  /** Refuses the node if one of its outputs beyond the first is used by anything. */
  void requireUnused(int output, String role) {
    if (isUsed(output)) {
      throw new RefusedNodeException("its output of " + role + " is used");
    }
  }

  /** Makes a tensor on the way to the output; returns its name. */
  String helper(String suffix, Operation operation, String... inputs) {
    String name = assembly.freshName(node.outputs().get(0) + "/" + suffix);
    add(node.displayName() + "/" + suffix, operation, List.of(inputs), name);
    return name;
  }

  /** Makes the node's first output. */
  void output(Operation operation, String... inputs) {
    output(0, operation, List.of(inputs));
  }

  /** Makes an output, unless the node leaves it out. */
  void output(int index, Operation operation, List<String> inputs) {
    String output = node.outputs().get(index);
    if (!output.isEmpty()) {
      String name = index == 0 ? node.displayName() : node.displayName() + "/" + index;
      add(name, operation, inputs, output);
    }
  }

  /** Gives the node's first output a value, and notes the element type that the file has it in. */
  void output(Tensor value, OnnxDataType type) {
    output(value);
    assembly.noteDataType(node.outputs().get(0), type);
  }

  /** Notes the element type that an output has in the file, where it is widened. */
  void noteDataType(int output, OnnxDataType type) {
    assembly.noteDataType(node.outputs().get(output), type);
  }

  /** The numbers that are known for an input of integers; null where they are not. */
  QuantizedNumbers.Known knownNumbers(int input) {
    return assembly.knownNumbers(input(input));
  }

  /** Notes what numbers an output of integers stands for. */
  void noteNumbers(int output, QuantizedNumbers.Known numbers) {
    assembly.noteNumbers(node.outputs().get(output), numbers);
  }

  /** Gives the node's first output a value that is known now. */
  void output(Tensor value) {
    assembly.addConstant(node.outputs().get(0), value);
  }

  /** Adds a constant; returns its name. */
  String constant(String suffix, Tensor value) {
    String name = assembly.freshName(node.outputs().get(0) + "/" + suffix);
    assembly.addConstant(name, value);
    return name;
  }

  /** Adds a single number in the type of a tensor; returns its name. */
  String number(String suffix, double value, ElementType type) {
    return constant(
        suffix,
        type.isFloating() ? Tensor.scalar((float) value) : Tensor.scalar((long) value).cast(type));
  }

  private void add(String name, Operation operation, List<String> inputs, String output) {
    assembly.add(new Node(name, operation, inputs, output, node.operator() + "-" + opset));
  }
}
