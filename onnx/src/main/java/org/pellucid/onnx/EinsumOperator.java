package org.pellucid.onnx;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.pellucid.graph.Shape;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.MatMul;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Slice;
import org.pellucid.graph.op.Transpose;
import org.pellucid.graph.op.Unary;

/**
 * Einstein's summation, operand by operand from the left: what nothing else needs is summed at
 * once, and two operands meet in a matrix product, or where they share no sum, in a product with
 * broadcasting.
 */
final class EinsumOperator {
  private final NodeTranslation node;
  private final EinsumEquation equation;
  private final List<Shape> shapes;

  private EinsumOperator(NodeTranslation node) {
    this.node = node;
    this.shapes = IntStream.range(0, node.inputCount()).mapToObj(node::shape).toList();
    this.equation = EinsumEquation.of(node.attributes().text("equation"), shapes);
  }

  /** A tensor with a letter for each of its axes. */
  private record Term(String tensor, List<Character> axes) {
    List<Character> those(Predicate<Character> wanted) {
      return axes.stream().filter(wanted).toList();
    }
  }

  static void translate(NodeTranslation node) {
    for (String input : node.inputs()) {
      if (!node.type(input).elementType().isFloating()) {
        throw new RefusedNodeException("its inputs are not floating numbers");
      }
    }
    new EinsumOperator(node).translate();
  }

  private void translate() {
    Term sofar = operand(0);
    for (int i = 1; i < node.inputCount(); i++) {
      sofar = product(sofar, operand(i), i);
    }
    List<Integer> order = equation.result().stream().map(sofar.axes()::indexOf).toList();
    boolean ordered = order.equals(IntStream.range(0, order.size()).boxed().toList());
    node.output(ordered ? new Unary.Identity() : new Transpose(order), sofar.tensor());
  }

  /** An operand with every axis once, as long as in the others, and needed by something else. */
  private Term operand(int i) {
    Term term = new Term(node.input(i), equation.operands().get(i));
    for (char axis : new HashSet<>(term.axes())) {
      while (term.axes().indexOf(axis) != term.axes().lastIndexOf(axis)) {
        term = diagonal(term, axis);
      }
    }
    Shape shape = node.shape(term.tensor());
    List<Character> all = term.axes();
    // Where an axis is broadcast, the others know it, and a product without it is the same.
    List<Character> kept =
        term.those(axis -> shape.dim(all.indexOf(axis)) == length(axis) || length(axis) == 1);
    term = new Term(reshaped(term.tensor(), lengths(kept)), kept);
    return summed(term, term.those(axis -> !isNeeded(axis, o -> o != i)));
  }

  private int length(char axis) {
    return equation.length(axis, shapes);
  }

  /** Whether the result has an axis, or one of some operands, which does not broadcast it. */
  private boolean isNeeded(char axis, IntPredicate operands) {
    return equation.result().contains(axis)
        || IntStream.range(0, shapes.size())
            .filter(operands)
            .anyMatch(
                o -> {
                  int at = equation.operands().get(o).indexOf(axis);
                  return at >= 0 && shapes.get(o).dim(at) == length(axis);
                });
  }

  private Term summed(Term term, List<Character> axes) {
    if (axes.isEmpty()) {
      return term;
    }
    List<Integer> places = axes.stream().map(term.axes()::indexOf).sorted().toList();
    String sum = node.helper("sum", new Reduce.ReduceSum(places, false), term.tensor());
    return new Term(sum, term.those(axis -> !axes.contains(axis)));
  }

  /** Takes the places where two axes of one letter have equal indices. */
  private Term diagonal(Term term, char axis) {
    int first = term.axes().indexOf(axis);
    int second = term.axes().lastIndexOf(axis);
    List<Integer> order = new ArrayList<>(List.of(first, second));
    List<Character> axes = new ArrayList<>(List.of(axis));
    for (int i = 0; i < term.axes().size(); i++) {
      if (i != first && i != second) {
        order.add(i);
        axes.add(term.axes().get(i));
      }
    }
    Shape shape = node.shape(term.tensor());
    int length = shape.dim(first);
    if (shape.dim(second) != length) {
      throw new IllegalArgumentException(
          "an operand of shape " + shape + " has one letter for axes of different lengths");
    }
    String square = node.helper("square", new Transpose(order), term.tensor());
    List<Integer> dims = new ArrayList<>(List.of(length * length));
    order.subList(2, order.size()).forEach(place -> dims.add(shape.dim(place)));
    String line = node.helper("line", new Reshape(ShapeOperators.shapeOf(dims)), square);
    List<Integer> sizes = new ArrayList<>(dims);
    sizes.set(0, length);
    List<Integer> steps = new ArrayList<>(dims.stream().map(dim -> 1).toList());
    steps.set(0, length + 1);
    List<Integer> starts = dims.stream().map(dim -> 0).toList();
    return new Term(node.helper("diagonal", new Slice(starts, sizes, steps), line), axes);
  }

  /** The product of what the operands before one make with that one. */
  private Term product(Term left, Term right, int operand) {
    List<Character> shared = left.those(right.axes()::contains);
    List<Character> batch =
        shared.stream().filter(axis -> isNeeded(axis, o -> o > operand)).toList();
    List<Character> inner = shared.stream().filter(axis -> !batch.contains(axis)).toList();
    List<Character> rows = left.those(axis -> !shared.contains(axis));
    List<Character> columns = right.those(axis -> !shared.contains(axis));
    List<Character> axes = joined(batch, rows, columns);
    String a = ordered(left, joined(batch, rows, inner));
    String b = ordered(right, joined(batch, inner, columns));
    if (inner.isEmpty()) {
      List<Integer> ones = columns.stream().map(axis -> 1).toList();
      a = reshaped(a, joined(lengths(batch), lengths(rows), ones));
      ones = rows.stream().map(axis -> 1).toList();
      b = reshaped(b, joined(lengths(batch), ones, lengths(columns)));
      return new Term(node.helper("product", new Binary.Mul(), a, b), axes);
    }
    List<Integer> depth = size(inner);
    a = reshaped(a, joined(lengths(batch), size(rows), depth));
    b = reshaped(b, joined(lengths(batch), depth, size(columns)));
    String matrices = node.helper("matrices", new MatMul(), a, b);
    return new Term(reshaped(matrices, lengths(axes)), axes);
  }

  @SafeVarargs
  private static <T> List<T> joined(List<T>... parts) {
    List<T> joined = new ArrayList<>();
    for (List<T> part : parts) {
      joined.addAll(part);
    }
    return joined;
  }

  private List<Integer> lengths(List<Character> axes) {
    return axes.stream().map(this::length).toList();
  }

  /** The one length of axes that are taken together. */
  private List<Integer> size(List<Character> axes) {
    return List.of(axes.stream().map(this::length).reduce(1, Math::multiplyExact));
  }

  private String ordered(Term term, List<Character> axes) {
    List<Integer> order = axes.stream().map(term.axes()::indexOf).toList();
    return term.axes().equals(axes)
        ? term.tensor()
        : node.helper("ordered", new Transpose(order), term.tensor());
  }

  private String reshaped(String tensor, List<Integer> dims) {
    Shape shape = ShapeOperators.shapeOf(dims);
    return node.shape(tensor).equals(shape)
        ? tensor
        : node.helper("shaped", new Reshape(shape), tensor);
  }
}
