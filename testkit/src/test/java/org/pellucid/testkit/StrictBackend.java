package org.pellucid.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongUnaryOperator;
import org.pellucid.api.Availability;
import org.pellucid.api.Device;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.Precision;
import org.pellucid.api.engine.Engine;
import org.pellucid.api.engine.Executable;
import org.pellucid.api.engine.GraphBackend;
import org.pellucid.api.engine.NoisyWork;
import org.pellucid.api.engine.Value;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Tensor;

/**
 * The reference interpreter as an engine that trusts nobody: it checks what a {@link GraphBackend}
 * promises to engines, above all that everything is closed once, and not while it is used.
 */
final class StrictBackend extends GraphBackend {
  /** Folded constants above this size count as weights that were given twice. */
  private static final int SMALL = 64;

  /** Promises that were broken. */
  final Queue<String> broken = new ConcurrentLinkedQueue<>();

  final AtomicInteger compiled = new AtomicInteger();
  final AtomicInteger runs = new AtomicInteger();
  final AtomicInteger openEngines = new AtomicInteger();
  final AtomicInteger openExecutables = new AtomicInteger();

  /** The most samples that the engine runs at once up to the taps. */
  int samplesAtOnce = Integer.MAX_VALUE;

  /** Whether the engine makes noisy copies and sums gradients by itself. */
  boolean noisyWork;

  /** How many runs of one executable the engine has at once up to the taps. */
  int concurrentRuns = 1;

  final AtomicInteger compiledForConcurrentRuns = new AtomicInteger();

  /** Called in each run of an executable for concurrent runs. */
  Runnable inConcurrentRun = () -> {};

  /** What the engine makes of a memory budget. */
  LongUnaryOperator memoryBudget = asked -> asked;

  /** Whether an engine with noisy work computes formulas over averages of it. */
  boolean formulas;

  /** Whether sums that rest are given up. */
  volatile boolean givesUp;

  /** How many sums there were. */
  final AtomicInteger sums = new AtomicInteger();

  /** How often activations were read where they are. */
  final AtomicInteger mapsInEngine = new AtomicInteger();

  final AtomicInteger mostExecutables = new AtomicInteger();
  final AtomicInteger openValues = new AtomicInteger();

  /** Names of operations that the engine does not know. */
  final Set<String> unknown = new HashSet<>();

  /** What fails: a number of runs from now on, counted down; negative for none. */
  final AtomicInteger failingRun = new AtomicInteger(-1);

  @Override
  public String id() {
    return "strict";
  }

  @Override
  public Availability availability() {
    return Availability.yes("for tests");
  }

  @Override
  public List<Device> devices() {
    return List.of(Device.CPU);
  }

  @Override
  public Set<Precision> precisions() {
    return Set.of(Precision.FLOAT64);
  }

  @Override
  public Optional<String> refusal(Node node, Precision precision) {
    if (precision != Precision.FLOAT64) {
      return Optional.of("there is float64 alone");
    }
    return unknown.contains(node.operation().name())
        ? Optional.of("it is not known")
        : Optional.empty();
  }

  @Override
  protected Engine open(ModelGraph graph, LoadOptions options) {
    return new StrictEngine(graph);
  }

  /** Fails unless all promises were kept, and all that was opened was closed. */
  void assertClosed() {
    assertThat(broken).isEmpty();
    assertThat(openValues).hasValue(0);
    assertThat(openExecutables).hasValue(0);
    assertThat(openEngines).hasValue(0);
  }

  private void require(boolean kept, String promise) {
    if (!kept) {
      broken.add(promise);
    }
  }

  /** Something that is opened, used and closed. */
  private abstract class Resource implements AutoCloseable {
    private final String name;
    private final AtomicInteger open;
    private int users;
    private boolean closed;

    Resource(String name, AtomicInteger open) {
      this.name = name;
      this.open = open;
      open.incrementAndGet();
    }

    synchronized void enter() {
      require(!closed, name + " was used after it was closed");
      users++;
    }

    synchronized void leave() {
      users--;
    }

    @Override
    public synchronized void close() {
      require(!closed, name + " was closed twice");
      require(users == 0, name + " was closed while it was used");
      closed = true;
      open.decrementAndGet();
    }
  }

  private final class StrictValue extends Resource implements Value {
    private final Tensor tensor;

    StrictValue(String name, Tensor tensor) {
      super("the value " + name, openValues);
      this.tensor = tensor;
    }

    @Override
    public Tensor toTensor() {
      enter();
      try {
        return tensor;
      } finally {
        leave();
      }
    }
  }

  private final class StrictEngine extends Resource implements Engine {
    private final Set<Tensor> weights = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Optional<Engine> ofFormulas;
    private final Optional<NoisyWork> work;

    StrictEngine(ModelGraph graph) {
      super("the engine", openEngines);
      weights.addAll(graph.constants().values());
      ofFormulas = noisyWork && formulas ? Optional.of(new StrictEngine()) : Optional.empty();
      work =
          noisyWork
              ? Optional.of(new StrictNoisyWork(this::value, StrictBackend.this, ofFormulas))
              : Optional.empty();
    }

    /** An engine for formulas. */
    private StrictEngine() {
      super("the engine of formulas", openEngines);
      ofFormulas = Optional.empty();
      work = Optional.empty();
    }

    @Override
    public synchronized void close() {
      ofFormulas.ifPresent(Engine::close);
      super.close();
    }

    @Override
    public int samplesAtOnce(int most) {
      return Math.min(most, samplesAtOnce);
    }

    @Override
    public long memoryBudget(long budget) {
      return memoryBudget.applyAsLong(budget);
    }

    @Override
    public int concurrentRuns() {
      return concurrentRuns;
    }

    @Override
    public Executable compileConcurrent(ModelGraph part) {
      require(concurrentRuns > 1, "nothing runs at once where the engine does not have it so");
      compiledForConcurrentRuns.incrementAndGet();
      Executable executable = compile(part);
      return new Executable() {
        @Override
        public Map<String, Value> run(Map<String, Value> inputs) {
          inConcurrentRun.run();
          return executable.run(inputs);
        }

        @Override
        public void close() {
          executable.close();
        }
      };
    }

    @Override
    public Optional<NoisyWork> noisyWork() {
      return work;
    }

    @Override
    public Executable compile(ModelGraph part) {
      enter();
      try {
        compiled.incrementAndGet();
        check(part);
        return new StrictExecutable(part);
      } finally {
        leave();
      }
    }

    private void check(ModelGraph part) {
      require(!part.outputs().isEmpty(), "a graph has outputs");
      require(new HashSet<>(part.outputs()).size() == part.outputs().size(), "outputs differ");
      for (String output : part.outputs()) {
        require(part.producer(output).isPresent(), "a node makes the output " + output);
      }
      Set<String> needed = part.upstream(new HashSet<>(part.outputs()));
      part.nodes()
          .forEach(node -> require(needed.contains(node.output()), "needed: " + node.describe()));
      part.inputs().keySet().forEach(name -> require(needed.contains(name), "needed: " + name));
      part.constants()
          .forEach(
              (name, tensor) -> {
                require(needed.contains(name), "needed: " + name);
                require(
                    weights.contains(tensor) || tensor.size() <= SMALL,
                    "the constant " + name + " is the model's");
              });
    }

    @Override
    public Value value(Tensor tensor) {
      enter();
      try {
        require(tensor.elementType() != ElementType.FLOAT32, "tensors are in float64");
        return new StrictValue("of a tensor", tensor);
      } finally {
        leave();
      }
    }
  }

  private final class StrictExecutable extends Resource implements Executable {
    private final ModelGraph part;

    StrictExecutable(ModelGraph part) {
      super("the executable of " + part.outputs(), openExecutables);
      this.part = part;
      mostExecutables.accumulateAndGet(openExecutables.get(), Math::max);
    }

    @Override
    public Map<String, Value> run(Map<String, Value> inputs) {
      enter();
      inputs.values().forEach(value -> ((StrictValue) value).enter());
      try {
        runs.incrementAndGet();
        if (failingRun.getAndDecrement() == 0) {
          throw new IllegalArgumentException("This run was to fail");
        }
        require(inputs.keySet().equals(part.inputs().keySet()), "a value per input");
        Map<String, Tensor> given = new HashMap<>();
        inputs.forEach((name, value) -> given.put(name, ((StrictValue) value).tensor));
        Map<String, Value> found = new HashMap<>();
        new ReferenceInterpreter(part)
            .run(given, new LinkedHashSet<>(part.outputs()))
            .forEach((name, tensor) -> found.put(name, new StrictValue(name, tensor)));
        return found;
      } finally {
        inputs.values().forEach(value -> ((StrictValue) value).leave());
        leave();
      }
    }
  }
}
