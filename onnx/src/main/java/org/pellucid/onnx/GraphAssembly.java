package org.pellucid.onnx;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.AveragePool;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.Lrn;
import org.pellucid.graph.op.MatMul;
import org.pellucid.graph.op.MaxPool;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Unary;

/**
 * A graph while it is put together. Knows the type of every tensor so far; computes at once what
 * depends on constants alone, as long as it stays small; reads a weight only when its elements are
 * needed.
 */
final class GraphAssembly {
  /** Results of up to this many elements are computed even if they are larger than their inputs. */
  private static final long SMALL = 1 << 20;

  /** Products of the sizes that sliding windows and matrices run over, to be computed at once. */
  private static final long CHEAP = 1 << 24;

  private static final Set<Class<? extends Operation>> COSTLY =
      Set.of(AveragePool.class, Conv.class, Gemm.class, Lrn.class, MatMul.class, MaxPool.class);

  private final TensorLoader loader;
  private final Map<String, TensorType> inputs = new LinkedHashMap<>();
  private final Map<String, OnnxTensor> stored = new HashMap<>();
  private final Map<String, OnnxDataType> dataTypes = new HashMap<>();
  private final Map<String, QuantizedNumbers.Known> numbers = new HashMap<>();
  private final Map<String, Tensor> constants = new HashMap<>();
  private final Map<String, TensorType> types = new HashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Set<String> names;

  /** What computing constants may still allocate, in elements. */
  private long foldable = Math.min(1L << 26, Runtime.getRuntime().maxMemory() / 32);

  private final long foldableAtOnce = Math.min(1L << 24, Runtime.getRuntime().maxMemory() / 128);

  /**
   * Starts with nothing.
   *
   * @param names all names of the file, which tensors of our own must not take
   */
  GraphAssembly(TensorLoader loader, Set<String> names) {
    this.loader = loader;
    this.names = new HashSet<>(names);
  }

  void addInput(String name, TensorType type) {
    inputs.put(name, type);
    types.put(name, type);
  }

  /** Adds a constant that stays in its file for now. */
  void addStored(OnnxTensor tensor) {
    stored.put(tensor.name(), tensor);
    types.put(tensor.name(), TensorLoader.type(tensor));
    noteDataType(tensor.name(), OnnxDataType.of(tensor.dataType()));
  }

  void addConstant(String name, Tensor value) {
    constants.put(name, value);
    types.put(name, value.type());
  }

  /** Notes the element type that a tensor has in the file, where it is widened. */
  void noteDataType(String tensor, OnnxDataType type) {
    dataTypes.put(tensor, type);
  }

  /** The element type that a tensor has in the file, null if it is not noted. */
  OnnxDataType dataType(String tensor) {
    return dataTypes.get(tensor);
  }

  /** Notes what numbers a tensor of narrow integers stands for. */
  void noteNumbers(String integers, QuantizedNumbers.Known meant) {
    numbers.put(integers, meant);
  }

  /** The numbers that were noted for a tensor of narrow integers, null if none were. */
  QuantizedNumbers.Known knownNumbers(String integers) {
    return numbers.get(integers);
  }

  boolean has(String tensor) {
    return types.containsKey(tensor);
  }

  TensorType type(String tensor) {
    return types.get(tensor);
  }

  boolean isConstant(String tensor) {
    return constants.containsKey(tensor) || stored.containsKey(tensor);
  }

  /** The value of a constant, which is read now if it was not before. */
  Tensor constant(String tensor) {
    return constants.computeIfAbsent(tensor, name -> load(stored.get(name)));
  }

  Tensor load(OnnxTensor tensor) {
    try {
      return loader.load(tensor);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Takes the room of a table of numbers that a translation is about to make.
   *
   * @throws RefusedNodeException if the tables of the model are too large together
   */
  void takeRoom(long elements) {
    if (elements > Math.min(foldable, foldableAtOnce)) {
      throw new RefusedNodeException("it needs a table of " + elements + " places");
    }
    foldable -= elements;
  }

  /** A name like the wanted one that no other tensor has. */
  String freshName(String wanted) {
    String name = wanted;
    for (int i = 2; !names.add(name); i++) {
      name = wanted + "-" + i;
    }
    return name;
  }

  /**
   * Adds a node, or the constant that it makes.
   *
   * @throws MalformedInputException if the operation does not take these inputs
   */
  void add(Node node) {
    List<TensorType> given = node.inputs().stream().map(types::get).toList();
    TensorType type = node.infer(given);
    if (isFoldable(node, given, type)) {
      addConstant(node.output(), evaluate(node, given, type));
    } else {
      nodes.add(node);
      types.put(node.output(), type);
    }
  }

  private boolean isFoldable(Node node, List<TensorType> given, TensorType type) {
    if (!node.inputs().stream().allMatch(this::isConstant)) {
      return false;
    }
    if (isView(node.operation())) {
      return true;
    }
    long in = given.stream().mapToLong(input -> input.shape().size()).sum();
    long out = type.shape().size();
    if (Math.max(in, out) > foldableAtOnce || out > Math.max(in, SMALL) || out > foldable) {
      return false;
    }
    if (COSTLY.contains(node.operation().getClass()) && in * out > CHEAP) {
      return false;
    }
    foldable -= out;
    return true;
  }

  /** Whether the result shares its elements with the input. */
  private static boolean isView(Operation operation) {
    return operation instanceof Reshape || operation instanceof Unary.Identity;
  }

  private Tensor evaluate(Node node, List<TensorType> given, TensorType type) {
    List<Tensor> values = node.inputs().stream().map(this::constant).toList();
    if (isView(node.operation())) {
      return values.get(0).reshape(type.shape());
    }
    try {
      return node.operation().evaluate(values).cast(type.elementType());
    } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
      throw node.refusal(given, e);
    }
  }

  /** The graph of what the outputs need; its constants are read now. */
  ModelGraph finish(List<String> outputs, Map<String, String> metadata) {
    Set<String> needed = new HashSet<>(outputs);
    List<Node> kept = new ArrayList<>();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      if (needed.contains(node.output())) {
        needed.addAll(node.inputs());
        kept.add(node);
      }
    }
    Collections.reverse(kept);
    constants.keySet().retainAll(needed);
    loader.requireRoom(
        needed.stream()
            .filter(name -> stored.containsKey(name) && !constants.containsKey(name))
            .mapToLong(name -> loader.heapBytes(stored.get(name)))
            .sum());
    Map<String, Tensor> weights = new LinkedHashMap<>();
    for (Node node : kept) {
      for (String input : node.inputs()) {
        if (isConstant(input)) {
          weights.computeIfAbsent(input, this::constant);
        }
      }
    }
    for (String output : outputs) {
      if (isConstant(output)) {
        weights.computeIfAbsent(output, this::constant);
      }
    }
    return ModelGraph.of(inputs, weights, kept, outputs, metadata);
  }
}
