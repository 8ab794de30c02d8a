package org.pellucid.backend.onnxruntime;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.op.AveragePool;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.Expand;
import org.pellucid.graph.op.MaxPool;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Unary;
import org.pellucid.onnx.Upsampling;

/**
 * ONNX Runtime keeps feature maps between convolutions in blocks of 8 or 16, and leaves that layout
 * for every operation that it does not know there. A number per feature map that is broadcast over
 * its cells, as squeeze-and-excitation and its gradient have it, is such; repeating it first
 * (Resize) is not. A sum over cells is not known there, a mean is. And where a sum or product has
 * one operand in blocks and one that is not, as gradients of residual blocks have, all that follows
 * would leave them: so the other one is brought there by a mean over windows of one cell, which is
 * known there and changes nothing but the sign of zeros.
 */
final class BlockedLayout {
  private static final int LARGEST_BLOCK = 16;

  private static final List<Integer> ONES = List.of(1, 1);
  private static final List<Integer> ZEROS = List.of(0, 0);
  private static final AveragePool ONE_CELL =
      new AveragePool(ONES, ONES, ONES, ZEROS, ZEROS, false, false);

  private final ModelGraph graph;
  private final Set<String> blocked = new HashSet<>();
  private final Set<String> repeated = new HashSet<>();
  private final Map<String, String> brought = new HashMap<>();
  private final Map<String, Shape> shapesOfBrought = new HashMap<>();
  private final List<Node> nodes = new ArrayList<>();

  private BlockedLayout(ModelGraph graph) {
    this.graph = graph;
  }

  /** The same graph with fewer changes of the layout. */
  static ModelGraph of(ModelGraph graph) {
    BlockedLayout layout = new BlockedLayout(graph);
    graph.nodes().forEach(layout::add);
    return layout.nodes.equals(graph.nodes())
        ? graph
        : ModelGraph.of(
            graph.inputs(), graph.constants(), layout.nodes, graph.outputs(), graph.metadata());
  }

  private void add(Node node) {
    Operation operation = node.operation();
    Shape shape = graph.type(node.output()).shape();
    if (shape.rank() != 4 || graph.type(node.output()).elementType() != ElementType.FLOAT32) {
      nodes.add(node);
      return;
    }
    boolean allBlocked = blocked.containsAll(node.inputs());
    if (!allBlocked && isWorthBringing(node, shape)) {
      add(node.withInputs(node.inputs().stream().map(this::brought).toList()));
    } else if (operation instanceof Expand && allBlocked && isPerMap(node.inputs().get(0), shape)) {
      nodes.add(node.with(upsampling(shape)));
      blocked.add(node.output());
    } else if ((operation instanceof Binary.Add || operation instanceof Binary.Mul) && allBlocked) {
      List<String> inputs = new ArrayList<>();
      for (String input : node.inputs()) {
        inputs.add(isPerMap(input, shape) ? repeated(input, shape) : input);
      }
      nodes.add(node.withInputs(inputs));
      if (inputs.stream().allMatch(input -> repeated.contains(input) || hasShape(input, shape))) {
        blocked.add(node.output());
      }
    } else if (operation instanceof Reduce.ReduceSum sum && allBlocked && isOverCells(sum)) {
      String mean = unused(node.output() + "/mean");
      Shape cells = graph.type(node.inputs().get(0)).shape();
      nodes.add(new Node(mean, new Reduce.ReduceMean(sum.axes(), true), node.inputs(), mean, ""));
      nodes.add(node.with(new Unary.Affine(cells.sizeOf(2, 4), 0)).withInputs(List.of(mean)));
    } else {
      nodes.add(node);
      if (isMadeInBlocks(operation)
          || (allBlocked && (staysInBlocks(operation) || isPutIntoWeights(node)))) {
        blocked.add(node.output());
      }
    }
  }

  /** Whether a node goes on in blocks where all that it reads is brought there. */
  private boolean isWorthBringing(Node node, Shape shape) {
    if (node.operation() instanceof Expand) {
      String value = node.inputs().get(0);
      return isPerMap(value, shape)
          && isWhole(graph.type(value).shape())
          && graph.consumers(node.output()).stream().anyMatch(this::readsBlocks);
    }
    return (node.operation() instanceof Binary.Add || node.operation() instanceof Binary.Mul)
        && node.inputs().stream().anyMatch(blocked::contains)
        && node.inputs().stream().allMatch(input -> hasShape(input, shape))
        && isWhole(shape)
        && graph.consumers(node.output()).stream().anyMatch(BlockedLayout::mayReadBlocks);
  }

  /** Whether a number of feature maps fills blocks of either size. */
  private static boolean isWhole(Shape shape) {
    return shape.dim(1) % LARGEST_BLOCK == 0;
  }

  private boolean readsBlocks(Node node) {
    return mayReadBlocks(node) && node.inputs().stream().anyMatch(this::comesInBlocks);
  }

  /** Whether a tensor is in blocks, or will be when its turn comes. */
  private boolean comesInBlocks(String tensor) {
    return blocked.contains(tensor)
        || graph
            .producer(tensor)
            .filter(made -> staysInBlocks(made.operation()))
            .filter(made -> comesInBlocks(made.inputs().get(0)))
            .isPresent();
  }

  private static boolean mayReadBlocks(Node node) {
    return isMadeInBlocks(node.operation())
        || staysInBlocks(node.operation())
        || node.operation() instanceof Binary.Add
        || node.operation() instanceof Binary.Mul;
  }

  /** A tensor in blocks. */
  private String brought(String tensor) {
    if (blocked.contains(tensor)) {
      return tensor;
    }
    String known = brought.get(tensor);
    if (known == null) {
      known = unused(tensor + "/in blocks");
      brought.put(tensor, known);
      shapesOfBrought.put(known, graph.type(tensor).shape());
      blocked.add(known);
      nodes.add(new Node(known, ONE_CELL, List.of(tensor), known, ""));
    }
    return known;
  }

  /** What always makes blocks. */
  private static boolean isMadeInBlocks(Operation operation) {
    return operation instanceof Conv
        || operation instanceof MaxPool
        || operation instanceof AveragePool;
  }

  private static boolean staysInBlocks(Operation operation) {
    return operation instanceof Unary.Relu
        || operation instanceof Unary.Sigmoid
        || operation instanceof Unary.HardSigmoid
        || operation instanceof Unary.HardSwish
        || operation instanceof Unary.Tanh;
  }

  /** Whether a node multiplies what a convolution makes for it alone. */
  private boolean isPutIntoWeights(Node node) {
    String made = node.inputs().get(0);
    return node.operation() instanceof Unary.Affine affine
        && affine.offset() == 0
        && graph.producer(made).filter(conv -> conv.operation() instanceof Conv).isPresent()
        && graph.consumers(made).size() == 1
        && !graph.outputs().contains(made);
  }

  private static boolean isOverCells(Reduce.ReduceSum sum) {
    return sum.keepDims() && sum.axes().equals(List.of(2, 3));
  }

  /** Whether a tensor is one number for each of the maps of a shape, which have several cells. */
  private boolean isPerMap(String tensor, Shape shape) {
    return hasShape(tensor, Shape.of(shape.dim(0), shape.dim(1), 1, 1)) && shape.sizeOf(2, 4) > 1;
  }

  private boolean hasShape(String tensor, Shape shape) {
    Shape found = graph.has(tensor) ? graph.type(tensor).shape() : shapesOfBrought.get(tensor);
    return shape.equals(found);
  }

  private static Upsampling upsampling(Shape shape) {
    return new Upsampling(List.of(shape.dim(2), shape.dim(3)));
  }

  private String repeated(String tensor, Shape shape) {
    String name = unused(tensor + "/over " + shape.dim(2) + " by " + shape.dim(3));
    if (repeated.add(name)) {
      nodes.add(new Node(name, upsampling(shape), List.of(tensor), name, ""));
    }
    return name;
  }

  private String unused(String name) {
    String free = name;
    while (graph.has(free)) {
      free += "_";
    }
    return free;
  }
}
