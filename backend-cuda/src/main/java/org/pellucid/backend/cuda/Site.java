package org.pellucid.backend.cuda;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Node;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** A node in the plan that is being made. */
final class Site {
  private final Planner planner;
  private final Node node;

  Site(Planner planner, Node node) {
    this.planner = planner;
    this.node = node;
  }

  /** The node. */
  Node node() {
    return node;
  }

  /** Whether there is an input of this number. */
  boolean has(int index) {
    return index < node.inputs().size();
  }

  /** The name of an input. */
  String name(int index) {
    return node.inputs().get(index);
  }

  /** An input on the card. */
  Operand input(int index) {
    return planner.operand(name(index));
  }

  /** An input's shape. */
  Shape shape(int index) {
    return planner.graph().type(name(index)).shape();
  }

  /** An input's element type. */
  ElementType type(int index) {
    return planner.graph().type(name(index)).elementType();
  }

  /** An input that is a constant. */
  Optional<Tensor> constant(int index) {
    return planner.constant(name(index));
  }

  /** An input that is a constant number. */
  Optional<Double> number(int index) {
    return constant(index)
        .filter(tensor -> tensor.size() == 1 && tensor.shape().rank() <= output().rank())
        .map(tensor -> tensor.get(0));
  }

  /** The output's shape. */
  Shape output() {
    return planner.graph().type(node.output()).shape();
  }

  /** The output's element type. */
  ElementType outputType() {
    return planner.graph().type(node.output()).elementType();
  }

  /** The output is an input's memory in another shape. */
  void alias(int index) {
    planner.alias(node.output(), input(index));
  }

  /** Where the output goes. */
  Place result() {
    return planner.result(node.output());
  }

  /** A tensor on the way. */
  Operand temporary(Shape shape) {
    return new Operand("", shape, planner.slot(shape.size()));
  }

  /** Room for a number of {@code int}s on the way. */
  Place integers(long count) {
    return new Place.Slot(count * Integer.BYTES);
  }

  /** A table that is known now. */
  Place table(int... entries) {
    return planner.owned(planner.engine().enter(entries));
  }

  /** Adds steps. */
  void add(Step... steps) {
    List<Step> all = List.of(steps);
    planner.add(() -> all);
  }

  /** Adds an element-wise chain that makes something on the way. */
  void add(Chain chain, Operand target) {
    add(chain.launch(target.place(), numbers().wide()));
  }

  /** Adds a step whose only reader may take it in. */
  void add(Draft draft) {
    planner.add(draft, node.output());
  }

  /** Adds an element-wise operation on an input to the chain that makes it, or begins one. */
  void chain(int start, UnaryOperator<Chain> operation) {
    planner.chain(name(start), node.output(), operation);
  }

  /** A draft of some kind that makes an input which nothing else will read. */
  <D extends Draft> Optional<D> open(int index, Class<D> kind) {
    return planner.open(name(index), kind);
  }

  /** Takes in the draft that makes an input. */
  void take(int index) {
    planner.take(name(index));
  }

  /** The engine. */
  CudaEngine engine() {
    return planner.engine();
  }

  /** How numbers lie on the card. */
  Numbers numbers() {
    return planner.engine().numbers();
  }

  /** A structure for a kernel. */
  Structure structure() {
    return new Structure(numbers().wide());
  }
}
