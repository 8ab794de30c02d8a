package org.pellucid.api.engine;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.pellucid.api.BatchSizes;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Precision;
import org.pellucid.api.Tap;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.pass.Batching;
import org.pellucid.graph.pass.Layouts;
import org.pellucid.graph.pass.Passes;

/** A network in an engine that only runs forward: its compiled parts, and what its passes share. */
final class GraphModel implements LoadedModel {
  private final GraphBackend backend;
  private final ModelGraph graph;
  private final Map<String, Tensor> constants;
  private final LoadOptions options;
  private final Batching batching;
  private final Layouts layouts;
  private final Engine engine;
  private final ModelRequests requests;
  private final Parts parts;
  private final CompiledParts compiled;
  private final Companions companions;
  private final Set<ValueScope> scopes = ConcurrentHashMap.newKeySet();

  /** Held for reading by whoever uses the engine, for writing by who frees everything. */
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  /** Where the network is cut at the taps that were asked for last. */
  private final Map<Set<String>, PrefixPieces.Cut> cuts =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Set<String>, PrefixPieces.Cut> eldest) {
          return size() > CompiledParts.MOST;
        }
      };

  private boolean closed;

  /**
   * A model in an engine that was opened for it.
   *
   * @param graph the network as it was given
   * @param folded the same, with what depends on constants alone computed
   * @param batching of the folded graph
   */
  GraphModel(
      GraphBackend backend,
      ModelGraph graph,
      ModelGraph folded,
      LoadOptions options,
      Batching batching,
      Engine engine) {
    this.backend = backend;
    this.graph = graph;
    this.constants = folded.constants();
    this.options = options;
    this.batching = batching;
    this.layouts = Layouts.of(graph);
    this.engine = engine;
    this.requests = ModelRequests.of(graph, batching);
    this.parts = new Parts(batching, options.rules());
    this.compiled = new CompiledParts(this::compile);
    this.companions = new Companions(backend);
  }

  /** Computes what depends on constants alone, once for all graphs; the names of tensors stay. */
  static ModelGraph foldConstants(ModelGraph graph) {
    return Passes.simplify(
        graph, graph.nodes().stream().map(Node::output).collect(Collectors.toSet()));
  }

  private CompiledPart compile(Parts.Question question) {
    Part part = parts.of(question);
    if (question instanceof Parts.Backward backward) {
      backend.requireRunnable(
          part.graph(),
          options.precision(),
          "the gradients at " + backward.at() + " of " + backward.seeded());
    }
    return CompiledPart.of(part, engine);
  }

  @Override
  public ModelGraph graph() {
    return graph;
  }

  @Override
  public Batching batching() {
    return batching;
  }

  @Override
  public Layouts layouts() {
    return layouts;
  }

  @Override
  public LoadOptions options() {
    return options;
  }

  @Override
  public LoadedModel companion(Object key, LoadOptions other, Supplier<ModelGraph> network) {
    return companions.get(key, other, network);
  }

  @Override
  public ForwardPass forward(Map<String, Tensor> inputs, Set<Tap> taps) {
    int samples = requests.samples(inputs);
    taps.forEach(requests::checkTap);
    Set<String> tapped = new TreeSet<>();
    taps.forEach(tap -> tapped.add(tap.tensor()));
    PrefixPieces prefix = new PrefixPieces(this, cut(tapped), samples);
    Set<String> given = new LinkedHashSet<>(graph.inputs().keySet());
    given.addAll(prefix.tensors());
    Parts.Forward question = new Parts.Forward(samples, given, prefix.arrivals(), tapped);
    return guarded(
        () -> {
          ValueScope temporary = newScope();
          try {
            return pass(
                question,
                scope -> {
                  // What comes whole goes into the pass, pieces are stacked.
                  ValueScope owner = prefix.arrivals().isEmpty() ? scope : temporary;
                  return new Inputs(inputs, prefix.run(inputs, owner), scope);
                });
          } finally {
            release(temporary);
          }
        });
  }

  /** What a pass is run with: inputs, each taken over when it is first needed, and pieces. */
  private final class Inputs implements Function<Part.Source, Value> {
    private final Map<String, Tensor> inputs;
    private final List<Map<String, Value>> pieces;
    private final ValueScope scope;
    private final Map<String, Value> taken = new HashMap<>();

    Inputs(Map<String, Tensor> inputs, List<Map<String, Value>> pieces, ValueScope scope) {
      this.inputs = inputs;
      this.pieces = pieces;
      this.scope = scope;
    }

    @Override
    public Value apply(Part.Source source) {
      String name = source.tensor();
      return inputs.containsKey(name)
          ? taken.computeIfAbsent(name, input -> scope.own(value(inputs.get(input))))
          : pieces.get(source.piece()).get(name);
    }
  }

  /**
   * Runs a part of the network.
   *
   * @param given gives values, those that it makes to a scope
   */
  GraphPass pass(Parts.Forward question, Function<ValueScope, Function<Part.Source, Value>> given) {
    ValueScope scope = newScope();
    try {
      Function<Part.Source, Value> known = given.apply(scope);
      Map<String, Value> values =
          compiled.use(
              question,
              ready -> {
                Map<String, Value> all = new HashMap<>(ready.run(known, scope));
                ready
                    .part()
                    .passed()
                    .forEach(name -> all.put(name, known.apply(Part.Source.whole(name))));
                return all;
              });
      return new GraphPass(this, scope, question.samples(), question.taps(), values);
    } catch (RuntimeException | Error e) {
      release(scope);
      throw e;
    }
  }

  /** Takes a tensor over, in the run's precision. */
  Value value(Tensor tensor) {
    return engine.value(inPrecision(tensor));
  }

  private Tensor inPrecision(Tensor tensor) {
    return tensor.elementType().isFloating() ? tensor.cast(floating()) : tensor;
  }

  /** A tensor that is the same for all inputs, as results are given. */
  Tensor constant(String name) {
    return inPrecision(constants.get(name));
  }

  /** The element type of results. */
  ElementType floating() {
    return options.precision() == Precision.FLOAT64 ? ElementType.FLOAT64 : ElementType.FLOAT32;
  }

  ModelRequests requests() {
    return requests;
  }

  private PrefixPieces.Cut cut(Set<String> taps) {
    synchronized (cuts) {
      return cuts.computeIfAbsent(taps, key -> PrefixPieces.Cut.of(this, key));
    }
  }

  /** How many samples the engine runs at once up to some taps. */
  int samplesAtOnce(Set<String> taps) {
    return engine.samplesAtOnce(BatchSizes.of(graph, batching, options, taps).prefix());
  }

  CompiledParts compiled() {
    return compiled;
  }

  /** Does work in the engine, which stays until it ends. */
  <T> T guarded(Supplier<T> work) {
    lock.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("The model was closed; load it again to use it");
      }
      return work.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  /** A scope that is closed with the model at the latest. */
  ValueScope newScope() {
    ValueScope scope = new ValueScope();
    scopes.add(scope);
    return scope;
  }

  /** Closes the values of a scope; those of a closed model are gone already. */
  void release(ValueScope scope) {
    lock.readLock().lock();
    try {
      if (scopes.remove(scope)) {
        scope.close();
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Frees everything, passes that are still open included; waits for work that is under way. */
  @Override
  public void close() {
    companions.close();
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        scopes.forEach(ValueScope::close);
        scopes.clear();
        compiled.close();
        engine.close();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
