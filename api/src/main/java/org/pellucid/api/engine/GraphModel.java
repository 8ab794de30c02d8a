package org.pellucid.api.engine;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.pellucid.api.BatchSizes;
import org.pellucid.api.Expectation;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.InputBatch;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.NoisyPass;
import org.pellucid.api.NoisyRuns;
import org.pellucid.api.Precision;
import org.pellucid.api.Tap;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.UnsupportedModelException;
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
  private final Workers workers;
  private final FormulaRuns formulas;
  private final HeldValues held;
  private final Set<ValueScope> scopes = ConcurrentHashMap.newKeySet();

  /** Held for reading by whoever uses the engine, for writing by who frees everything. */
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  /** Where the network is cut at taps. */
  private final Remembered<Set<String>, PrefixPieces.Cut> cuts =
      new Remembered<>(taps -> PrefixPieces.Cut.of(this, taps));

  private final Remembered<Set<String>, Set<String>> downstream;

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
    this.downstream =
        new Remembered<>(tensors -> Collections.unmodifiableSet(graph.downstream(tensors)));
    this.engine = engine;
    this.requests = ModelRequests.of(graph, batching);
    this.parts = new Parts(batching, options.rules(), engine.noisyWork().isEmpty());
    this.compiled = new CompiledParts(this::compile);
    this.companions = new Companions(backend);
    this.workers =
        new Workers(Math.max(1, engine.concurrentRuns() - 1), "pellucid-" + backend.id());
    this.formulas = new FormulaRuns(() -> engine.noisyWork().flatMap(NoisyWork::formulas));
    this.held = new HeldValues(this, engine);
  }

  /** Computes what depends on constants alone, once for all graphs; the names of tensors stay. */
  static ModelGraph foldConstants(ModelGraph graph) {
    return Passes.simplify(
        graph, graph.nodes().stream().map(Node::output).collect(Collectors.toSet()));
  }

  private CompiledPart compile(Parts.Question question) {
    Part part = parts.of(question);
    backend.requireRunnable(part.graph(), options.precision(), purpose(question));
    boolean concurrent = question instanceof Parts.Prefix prefix && prefix.concurrent();
    return CompiledPart.of(part, engine, concurrent);
  }

  /** What a graph is for, for whoever reads why it cannot be run. */
  private static String purpose(Parts.Question question) {
    if (question instanceof Parts.Backward backward) {
      return gradients(backward.at(), backward.seeded());
    }
    if (question instanceof Parts.Fused fused) {
      return gradients(fused.at(), Set.of(fused.seeded()));
    }
    return question instanceof Parts.Forward forward
        ? "the network for " + forward.samples() + " samples, from " + forward.given()
        : "the network up to " + ((Parts.Prefix) question).wanted();
  }

  private static String gradients(Set<String> at, Set<String> seeded) {
    return "the gradients at " + at + " of " + seeded;
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
  public BatchSizes batchSizes(Collection<String> taps) {
    return BatchSizes.of(graph, batching, withinMemory(), taps);
  }

  @Override
  public int samplesBeside(Collection<String> taps) {
    PrefixPieces.Cut cut = cuts.get(new TreeSet<>(taps));
    return cut.tensors().isEmpty() || cut.most() > 1 ? 1 : cut.runs();
  }

  /** The options, with the memory budget that the engine makes of theirs. */
  private LoadOptions withinMemory() {
    long budget = guarded(() -> engine.memoryBudget(options.memoryBudget()));
    return options.withMemoryBudget(budget);
  }

  @Override
  public Optional<NoisyRuns> noisyRuns() {
    return engine.noisyWork().map(work -> new GraphNoisyRuns(this, work));
  }

  @Override
  public ForwardPass forward(Map<String, Tensor> inputs, Set<Tap> taps) {
    return forward(new RunInputs.InJava(this, inputs, requests.samples(inputs)), taps);
  }

  @Override
  public ForwardPass forward(InputBatch batch, Set<Tap> taps, Optional<Expectation> expected) {
    requests.checkNames(batch.names());
    requests.checkSamples(batch.samples());
    RunInputs inputs = new RunInputs.Made(this, batch);
    return expected.isPresent() ? forward(inputs, taps, expected.get()) : forward(inputs, taps);
  }

  GraphPass forward(RunInputs inputs, Set<Tap> taps) {
    taps.forEach(requests::checkTap);
    Set<String> tapped = names(taps);
    PrefixPieces prefix = new PrefixPieces(this, cuts.get(tapped), inputs.samples());
    Parts.Forward question = question(inputs.samples(), prefix, tapped);
    return ran(inputs, prefix, given -> pass(question, given));
  }

  private Parts.Forward question(int samples, PrefixPieces prefix, Set<String> taps) {
    Set<String> given = new LinkedHashSet<>(graph.inputs().keySet());
    given.addAll(prefix.tensors());
    return new Parts.Forward(samples, given, prefix.arrivals(), taps);
  }

  /** In an order that is always the same, so that equal questions have equal graphs. */
  static Set<String> names(Set<Tap> taps) {
    return taps.stream().map(Tap::tensor).collect(Collectors.toCollection(TreeSet::new));
  }

  /** Runs inputs up to the taps, and what is behind them. */
  private <T> T ran(
      RunInputs inputs,
      PrefixPieces prefix,
      Function<Function<ValueScope, Function<Part.Source, Value>>, T> rest) {
    return guarded(
        () -> {
          ValueScope temporary = newScope();
          try {
            return rest.apply(
                scope -> {
                  // What comes whole goes into the pass, pieces are stacked.
                  ValueScope owner = prefix.arrivals().isEmpty() ? scope : temporary;
                  return new Given(inputs, prefix.run(inputs, owner), scope);
                });
          } finally {
            release(temporary);
          }
        });
  }

  @Override
  public ForwardPass forward(Map<String, Tensor> inputs, Set<Tap> taps, Expectation expected) {
    return forward(new RunInputs.InJava(this, inputs, requests.samples(inputs)), taps, expected);
  }

  NoisyPass forward(RunInputs inputs, Set<Tap> taps, Expectation expected) {
    int samples = inputs.samples();
    taps.forEach(requests::checkTap);
    Set<String> tapped = names(taps);
    expected.at().forEach(tap -> requests.checkTap(tap, tapped));
    requests.checkSeeded(expected.seeded(), tapped);
    expected.seed().ifPresent(seed -> requests.checkSeed(expected.seeded(), seed, tapped, samples));
    if (!isFusible(expected, samples)) {
      return forward(inputs, taps);
    }
    // A single image runs in one go, which costs an executable of its own and saves a cut.
    PrefixPieces prefix =
        new PrefixPieces(this, samples == 1 ? PrefixPieces.Cut.NONE : cuts.get(tapped), samples);
    Parts.Fused question =
        new Parts.Fused(
            question(samples, prefix, tapped),
            expected.seeded().tensor(),
            expected.seed().isEmpty(),
            names(expected.at()));
    try {
      return ran(
          inputs, prefix, given -> fused(question, expected, given, () -> forward(inputs, taps)));
    } catch (UnsupportedModelException missing) {
      // The question fails when it is asked.
      return forward(inputs, taps);
    }
  }

  private boolean isFusible(Expectation expected, int samples) {
    String seeded = expected.seeded().tensor();
    boolean dependent = downstream(names(expected.at())).contains(seeded);
    // Elsewhere it is not known where a sample's elements are.
    boolean rows = samples == 1 || (batching.obstacle().isEmpty() && batching.axis(seeded) == 0);
    return dependent && (rows || expected.seed().isPresent());
  }

  private FusedPass fused(
      Parts.Fused question,
      Expectation expected,
      Function<ValueScope, Function<Part.Source, Value>> given,
      Supplier<GraphPass> rerun) {
    ValueScope scope = newScope();
    try {
      Function<Part.Source, Value> known = given.apply(scope);
      Function<Part.Source, Value> values =
          source -> source.seed() ? scope.own(value(expected.seed().get())) : known.apply(source);
      return compiled.use(
          question,
          ready -> {
            CompiledPart.Computed computed = ready.run(values, scope);
            return new FusedPass(
                this,
                new GraphPass(
                    this,
                    scope,
                    question.forward().samples(),
                    question.forward().taps(),
                    tensors(ready, computed, known)),
                expected,
                computed,
                rerun);
          });
    } catch (RuntimeException | Error e) {
      release(scope);
      throw e;
    }
  }

  /** The wanted tensors, computed or given. */
  private static Map<String, Value> tensors(
      CompiledPart ready, CompiledPart.Computed computed, Function<Part.Source, Value> known) {
    Map<String, Value> all = new HashMap<>(computed.tensors());
    ready.part().passed().forEach(name -> all.put(name, known.apply(Part.Source.whole(name))));
    return all;
  }

  /** What a pass is run with: inputs, each taken over when it is first needed, and pieces. */
  private static final class Given implements Function<Part.Source, Value> {
    private final RunInputs inputs;
    private final List<Map<String, Value>> pieces;
    private final ValueScope scope;
    private final Map<String, Value> taken = new HashMap<>();

    Given(RunInputs inputs, List<Map<String, Value>> pieces, ValueScope scope) {
      this.inputs = inputs;
      this.pieces = pieces;
      this.scope = scope;
    }

    @Override
    public Value apply(Part.Source source) {
      String name = source.tensor();
      return inputs.has(name)
          ? taken.computeIfAbsent(
              name, input -> scope.own(inputs.value(input, 0, inputs.samples())))
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
          compiled.use(question, ready -> tensors(ready, ready.run(known, scope), known));
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

  /**
   * The gradient at a tap.
   *
   * @param computed what a part computed; null for zeros, where no seed depends on the tap
   */
  Tensor gradient(Tap tap, Value computed, int samples) {
    Shape shape = requests.shape(tap.tensor(), samples);
    Tensor given =
        computed == null
            ? Tensor.of(Shape.of(1), new float[1]).cast(floating())
            : computed.toTensor();
    return given.shape().equals(shape) ? given : Tensor.ofRuns(shape, given);
  }

  /** All tensors that depend on any of the given ones, those included. */
  Set<String> downstream(Set<String> tensors) {
    return downstream.get(tensors);
  }

  ModelRequests requests() {
    return requests;
  }

  /** How many samples the engine runs at once up to some taps. */
  int samplesAtOnce(Set<String> taps) {
    return engine.samplesAtOnce(batchSizes(taps).prefix());
  }

  /** How many runs up to some taps should go on at once, as far as the memory budget goes. */
  int concurrentRuns(Set<String> taps) {
    int most = engine.concurrentRuns();
    return most == 1
        ? 1
        : Math.min(most, BatchSizes.concurrent(graph, batching, withinMemory(), taps));
  }

  Workers workers() {
    return workers;
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
      return MappedConstants.reading(graph, work);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** What computes formulas over averages. */
  FormulaRuns formulas() {
    return formulas;
  }

  /** What is held beyond the passes that computed it. */
  HeldValues held() {
    return held;
  }

  /** A scope that is closed with the model at the latest. */
  ValueScope newScope() {
    ValueScope scope = new ValueScope();
    scopes.add(scope);
    return scope;
  }

  /** Forgets a scope without closing its values, which are somebody else's now. */
  void forget(ValueScope scope) {
    scopes.remove(scope);
  }

  /** Takes a scope that was forgotten again. */
  void remember(ValueScope scope) {
    scopes.add(scope);
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

  private void closeCompiled() {
    try {
      compiled.close();
    } finally {
      workers.close();
      engine.close();
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
        try {
          scopes.forEach(ValueScope::close);
          scopes.clear();
          held.close();
          formulas.close();
        } finally {
          closeCompiled();
        }
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
