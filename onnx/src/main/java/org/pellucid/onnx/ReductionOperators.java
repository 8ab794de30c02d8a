package org.pellucid.onnx;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.ArgMax;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Cast;
import org.pellucid.graph.op.LogSoftmax;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Softmax;
import org.pellucid.graph.op.Unary;

/** Reductions over axes, the largest element's index, and softmax. */
final class ReductionOperators {
  private ReductionOperators() {}

  private interface Composition {
    void translate(NodeTranslation node, List<Integer> axes, boolean keepDims);
  }

  static void register(Operators.Registry registry) {
    reduction(registry, "ReduceSum", 13, Reduce.ReduceSum::new);
    reduction(registry, "ReduceMean", 18, Reduce.ReduceMean::new);
    reduction(registry, "ReduceMax", 18, Reduce.ReduceMax::new);
    reduction(registry, "ReduceMin", 18, Reduce.ReduceMin::new);
    reduction(registry, "ReduceProd", 18, Reduce.ReduceProd::new);
    composition(registry, "ReduceL1", ReductionOperators::l1);
    composition(registry, "ReduceL2", ReductionOperators::l2);
    composition(registry, "ReduceSumSquare", ReductionOperators::sumSquare);
    composition(registry, "ReduceLogSum", ReductionOperators::logSum);
    composition(registry, "ReduceLogSumExp", ReductionOperators::logSumExp);
    registry.add("ArgMax", 1, 1, node -> argMax(node, node.input(0)));
    registry.add(
        "ArgMin",
        1,
        1,
        node -> argMax(node, node.helper("negated", new Unary.Neg(), node.input(0))));
    registry.add("Softmax", 1, 1, node -> softmax(node, Softmax::new));
    registry.add("LogSoftmax", 1, 1, node -> softmax(node, LogSoftmax::new));
  }

  private static void reduction(
      Operators.Registry registry,
      String operator,
      int axesAsInputSince,
      BiFunction<List<Integer>, Boolean, Operation> operation) {
    registry.add(
        operator,
        1,
        2,
        node -> {
          List<Integer> axes = axes(node, axesAsInputSince);
          if (node.type(0).elementType() == ElementType.BOOL && !axes.isEmpty()) {
            // Of no elements, the largest is below 0 and the smallest above.
            String numbers = node.helper("numbers", new Cast(ElementType.INT64), node.input(0));
            Operation reduce = operation.apply(axes, node.attributes().flag("keepdims", true));
            String zero = node.constant("zero", Tensor.scalar(0L));
            node.output(new Binary.Greater(), node.helper("reduced", reduce, numbers), zero);
            return;
          }
          node.output(
              axes.isEmpty()
                  ? new Unary.Identity()
                  : operation.apply(axes, node.attributes().flag("keepdims", true)),
              node.input(0));
        });
  }

  private static void composition(
      Operators.Registry registry, String operator, Composition composition) {
    registry.add(
        operator,
        1,
        2,
        node -> {
          List<Integer> axes = axes(node, 18);
          if (axes.isEmpty()) {
            throw new RefusedNodeException("it reduces no axis");
          }
          composition.translate(node, axes, node.attributes().flag("keepdims", true));
        });
  }

  /** The axes to reduce; all of them where none is named, unless that is said to mean none. */
  private static List<Integer> axes(NodeTranslation node, int inputSince) {
    int rank = node.shape(0).rank();
    List<Integer> declared = ShapeOperators.axes(node, inputSince);
    if (declared != null && !declared.isEmpty()) {
      return ShapeOperators.normalized(declared, rank);
    }
    boolean none =
        node.opset() >= inputSince && node.attributes().flag("noop_with_empty_axes", false);
    return none ? List.of() : IntStream.range(0, rank).boxed().toList();
  }

  private static void l1(NodeTranslation node, List<Integer> axes, boolean keepDims) {
    String magnitudes = node.helper("magnitudes", new Unary.Abs(), node.input(0));
    node.output(new Reduce.ReduceSum(axes, keepDims), magnitudes);
  }

  private static String squares(NodeTranslation node) {
    return node.helper("squares", new Binary.Mul(), node.input(0), node.input(0));
  }

  private static void l2(NodeTranslation node, List<Integer> axes, boolean keepDims) {
    String sum = node.helper("sum", new Reduce.ReduceSum(axes, keepDims), squares(node));
    node.output(new Unary.Sqrt(), sum);
  }

  private static void sumSquare(NodeTranslation node, List<Integer> axes, boolean keepDims) {
    node.output(new Reduce.ReduceSum(axes, keepDims), squares(node));
  }

  private static void logSum(NodeTranslation node, List<Integer> axes, boolean keepDims) {
    String sum = node.helper("sum", new Reduce.ReduceSum(axes, keepDims), node.input(0));
    node.output(new Unary.Log(), sum);
  }

  /** With the largest element taken out, so that no exponential overflows. */
  private static void logSumExp(NodeTranslation node, List<Integer> axes, boolean keepDims) {
    String x = node.input(0);
    String max = node.helper("max", new Reduce.ReduceMax(axes, true), x);
    String shifted = node.helper("shifted", new Binary.Sub(), x, max);
    String powers = node.helper("exp", new Unary.Exp(), shifted);
    String sum = node.helper("sum", new Reduce.ReduceSum(axes, true), powers);
    String log = node.helper("log", new Unary.Log(), sum);
    if (keepDims) {
      node.output(new Binary.Add(), log, max);
      return;
    }
    String kept = node.helper("kept", new Binary.Add(), log, max);
    node.output(new Reduce.ReduceSum(axes, false), kept);
  }

  private static void argMax(NodeTranslation node, String x) {
    Attributes attributes = node.attributes();
    node.output(
        new ArgMax(
            node.shape(0).axis(attributes.whole("axis", 0)),
            attributes.flag("keepdims", true),
            attributes.flag("select_last_index", false)),
        x);
  }

  /**
   * From opset 13 on over one axis, the last by default. Before, over all axes from the given one
   * (1 by default) on taken together; which is the same where only one of them is longer than 1.
   */
  private static void softmax(NodeTranslation node, IntFunction<Operation> operation) {
    Shape shape = node.shape(0);
    if (node.opset() >= 13) {
      int axis = shape.axis(node.attributes().whole("axis", -1));
      node.output(operation.apply(axis), node.input(0));
      return;
    }
    int first = node.attributes().whole("axis", 1);
    first = first == shape.rank() ? first : shape.axis(first);
    int[] longer =
        IntStream.range(first, shape.rank()).filter(axis -> shape.dim(axis) != 1).toArray();
    if (longer.length == 1 || longer.length == 0 && first < shape.rank()) {
      node.output(operation.apply(longer.length == 1 ? longer[0] : first), node.input(0));
      return;
    }
    Shape matrix =
        Shape.of(
            Math.toIntExact(shape.sizeOf(0, first)),
            Math.toIntExact(shape.sizeOf(first, shape.rank())));
    String flat = node.helper("flat", new Reshape(matrix), node.input(0));
    node.output(new Reshape(shape), node.helper("softmax", operation.apply(1), flat));
  }
}
