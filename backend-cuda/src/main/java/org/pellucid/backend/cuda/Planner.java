package org.pellucid.backend.cuda;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/**
 * Makes a plan of a graph: node by node, each by the {@link Lowering} of its operation. A step
 * stays a draft until the plan is done, and what alone reads its result may take it in: an
 * element-wise operation becomes part of the chain before it, an activation part of a convolution.
 */
final class Planner {
  private final CudaEngine engine;
  private final ModelGraph graph;
  private final Map<String, Operand> known = new HashMap<>();
  private final List<Draft> drafts = new ArrayList<>();
  private final Map<String, Draft> open = new HashMap<>();
  private final List<DeviceBuffer> owned = new ArrayList<>();

  private Planner(CudaEngine engine, ModelGraph graph) {
    this.engine = engine;
    this.graph = graph;
  }

  /** Plans a graph, whose constants and tables are then on the card. */
  static Plan plan(CudaEngine engine, ModelGraph graph) {
    Planner planner = new Planner(engine, graph);
    try {
      return planner.plan();
    } catch (RuntimeException | Error e) {
      planner.owned.forEach(DeviceBuffer::close);
      throw e;
    }
  }

  private Plan plan() {
    for (Node node : graph.nodes()) {
      if (isOnCard(node)) {
        lower(node.operation(), node);
      } else {
        // Now, so that what reads its result knows where it will be.
        Step step = inJava(node);
        add(() -> List.of(step));
      }
    }
    List<Step> steps = new ArrayList<>();
    drafts.forEach(draft -> steps.addAll(draft.steps()));
    Arena arena = Arena.of(steps, CudaEngine.ALIGNMENT);
    Map<String, TensorType> results = new LinkedHashMap<>();
    graph.outputs().forEach(output -> results.put(output, graph.type(output)));
    return new Plan(List.copyOf(steps), results, arena.offsets(), arena.bytes(), owned);
  }

  private <O extends Operation> void lower(O operation, Node node) {
    Lowerings.all().of(operation).lower(operation, new Site(this, node));
  }

  /** Whether the card does it: what has no elements or makes integers is done in Java. */
  private boolean isOnCard(Node node) {
    if (!onCard(node.output())) {
      return false;
    }
    for (int i = 0; i < node.inputs().size(); i++) {
      TensorType type = graph.type(node.inputs().get(i));
      boolean index = i == 1 && Lowerings.takesIndices(node.operation());
      if (type.shape().size() == 0 || (type.elementType() == ElementType.INT64 && !index)) {
        return false;
      }
    }
    return true;
  }

  private boolean onCard(String tensor) {
    TensorType type = graph.type(tensor);
    return Numbers.onCard(type.elementType(), type.shape());
  }

  private Step inJava(Node node) {
    List<InJava.Source> sources = new ArrayList<>();
    for (String input : node.inputs()) {
      Optional<Tensor> constant = constant(input);
      if (constant.isPresent()) {
        sources.add(InJava.Source.of(constant.get()));
      } else if (onCard(input)) {
        sources.add(InJava.Source.of(operand(input).place(), graph.type(input)));
      } else {
        sources.add(InJava.Source.of(input));
      }
    }
    Place target = onCard(node.output()) ? result(node.output()) : null;
    return new InJava(node, sources, target);
  }

  ModelGraph graph() {
    return graph;
  }

  CudaEngine engine() {
    return engine;
  }

  /** A constant of the graph. */
  Optional<Tensor> constant(String name) {
    return Optional.ofNullable(graph.constants().get(name));
  }

  /** A tensor on the card. */
  Operand operand(String name) {
    return known.computeIfAbsent(
        name,
        key ->
            new Operand(
                key,
                graph.type(key).shape(),
                constant(key).map(this::placed).orElseGet(() -> new Place.Given(key))));
  }

  private Place placed(Tensor constant) {
    if (engine.isOfModel(constant)) {
      return new Place.Fixed(engine.constant(constant));
    }
    return owned(engine.enter(constant));
  }

  /** Memory that ends with the plan. */
  Place owned(DeviceBuffer buffer) {
    owned.add(buffer);
    return new Place.Fixed(buffer);
  }

  /** A place for elements on the way. */
  Place slot(long elements) {
    return new Place.Slot(elements * engine.numbers().width());
  }

  /** The place of a node's output, which is from now on known. */
  Place result(String output) {
    Shape shape = graph.type(output).shape();
    Place place = graph.outputs().contains(output) ? new Place.Result(output) : slot(shape.size());
    known.put(output, new Operand(output, shape, place));
    return place;
  }

  /** A node's output is another operand's memory in another shape. */
  void alias(String output, Operand of) {
    if (graph.outputs().contains(output)) {
      // Answers have memory of their own.
      Place place = result(output);
      long bytes = of.size() * engine.numbers().width();
      add(() -> List.of(new Copy(of.place(), place, bytes)));
    } else {
      known.put(output, new Operand(output, graph.type(output).shape(), of.place()));
    }
  }

  /** A draft that nothing takes in. */
  void add(Draft draft) {
    drafts.add(draft);
  }

  /** A draft whose result the only reader may take in. */
  void add(Draft draft, String output) {
    drafts.add(draft);
    if (graph.consumers(output).size() == 1 && !graph.outputs().contains(output)) {
      open.put(output, draft);
    }
  }

  /** A draft of some kind that makes a tensor which nothing else will read. */
  <D extends Draft> Optional<D> open(String tensor, Class<D> kind) {
    return Optional.ofNullable(open.get(tensor)).filter(kind::isInstance).map(kind::cast);
  }

  /** Takes a draft out: it is part of another from now on. */
  void take(String tensor) {
    drafts.remove(open.remove(tensor));
  }

  /**
   * Adds an element-wise operation to the chain that makes one of its inputs, or begins one.
   *
   * @param start the input that the chain's value begins with
   */
  void chain(String start, String output, UnaryOperator<Chain> operation) {
    Shape shape = graph.type(output).shape();
    Optional<ChainDraft> before =
        open(start, ChainDraft.class).filter(draft -> draft.chain().shape().equals(shape));
    Chain chain = null;
    if (before.isPresent()) {
      chain = operation.apply(before.get().chain());
      if (chain.fits()) {
        take(start);
      } else {
        chain = null;
      }
    }
    if (chain == null) {
      chain = operation.apply(Chain.of(operand(start), shape));
    }
    add(new ChainDraft(chain, result(output), engine.numbers().wide()), output);
  }
}
