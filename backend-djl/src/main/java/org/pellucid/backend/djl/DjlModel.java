package org.pellucid.backend.djl;

import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.pellucid.api.BatchSizes;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Precision;
import org.pellucid.api.Tap;
import org.pellucid.api.engine.Companions;
import org.pellucid.api.engine.MappedConstants;
import org.pellucid.api.engine.ModelRequests;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.pass.Batching;
import org.pellucid.graph.pass.Layouts;
import org.pellucid.graph.pass.TapSplit;

/** A network whose constants are native arrays, and what its passes share. */
final class DjlModel implements LoadedModel {
  private static final int KEPT_PLANS = 32;

  private final ModelGraph graph;
  private final LoadOptions options;
  private final Batching batching;
  private final Layouts layouts;
  private final int threads;
  private final DataType precision;
  private final PtNDManager manager;
  private final ScriptModule scripts;
  private final Map<String, PtNDArray> constants;
  private final ModelRequests requests;
  private final Companions companions;

  /** Held for reading by whoever uses native arrays, for writing by who frees them all. */
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  private boolean closed;

  /** Makes a native array of a constant. */
  @FunctionalInterface
  interface Upload {
    /** An array of a type, of a manager or of one that outlives it. */
    PtNDArray apply(PtNDManager manager, Tensor tensor, DataType type);
  }

  private final Map<List<Object>, Plan> plans = new Recent<>();
  private final Map<Set<String>, Cut> cuts = new Recent<>();

  /** Where a pass with taps is cut, and into batches of which sizes. */
  private record Cut(TapSplit split, BatchSizes sizes) {}

  /** What was used last. */
  private static final class Recent<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1L;

    Recent() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > KEPT_PLANS;
    }
  }

  private DjlModel(
      GradientBackend backend,
      Torch torch,
      ModelGraph graph,
      LoadOptions options,
      Batching batching,
      PtNDManager manager,
      Upload upload) {
    this.graph = graph;
    this.options = options;
    this.batching = batching;
    this.layouts = Layouts.of(graph);
    this.threads = options.threads().orElse(torch.defaultThreads());
    this.precision = options.precision() == Precision.FLOAT64 ? DataType.FLOAT64 : DataType.FLOAT32;
    this.manager = manager;
    this.requests = ModelRequests.of(graph, batching);
    this.companions = new Companions(backend);
    Set<String> expressions = new LinkedHashSet<>();
    Set<String> read = new LinkedHashSet<>();
    for (Node node : graph.nodes()) {
      expressions.addAll(
          Lowerings.all().scripts(node, node.inputs().stream().map(graph::type).toList()));
      read.addAll(node.inputs());
    }
    try (TorchThread thread = TorchThread.recording(false, threads)) {
      this.scripts = new ScriptModule(manager, expressions);
      this.constants = new HashMap<>();
      graph
          .constants()
          .forEach(
              (name, tensor) -> {
                if (read.contains(name)) {
                  DataType type = NativeArrays.type(tensor.elementType(), precision);
                  constants.put(name, upload.apply(manager, tensor, type));
                }
              });
    }
  }

  /** Loads a network whose nodes were found to be runnable. */
  static DjlModel load(
      GradientBackend backend, Torch torch, ModelGraph graph, LoadOptions options) {
    return load(backend, torch, graph, options, NativeArrays::upload);
  }

  /**
   * Loads a network whose nodes were found to be runnable.
   *
   * @param upload makes arrays of constants, of the manager that it is given or of one that
   *     outlives the model
   */
  static DjlModel load(
      GradientBackend backend, Torch torch, ModelGraph graph, LoadOptions options, Upload upload) {
    Batching batching = Batching.of(graph);
    return Failures.named(
        () -> "loading a model of " + graph.constantBytes() + " bytes to " + options.device(),
        () -> {
          PtNDManager manager = torch.newManager(options.device());
          try {
            return MappedConstants.reading(
                graph,
                () -> new DjlModel(backend, torch, graph, options, batching, manager, upload));
          } catch (RuntimeException | Error e) {
            manager.close();
            throw e;
          }
        });
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
    Set<String> tapped = new TreeSet<>();
    for (Tap tap : taps) {
      requests.checkTap(tap);
      tapped.add(tap.tensor());
    }
    return guarded(
        () -> {
          PtNDManager scope = (PtNDManager) manager.newSubManager();
          try (TorchThread thread = TorchThread.recording(!tapped.isEmpty(), threads)) {
            Map<String, PtNDArray> given =
                Failures.named(
                    () -> "taking the inputs of " + samples + " samples",
                    () -> {
                      Map<String, PtNDArray> arrays = new HashMap<>();
                      inputs.forEach((name, tensor) -> arrays.put(name, upload(scope, tensor)));
                      return arrays;
                    });
            Cut cut = cut(tapped);
            DjlPass pass = new DjlPass(this, scope, samples, tapped);
            if (cut.sizes().prefix() < samples && !cut.split().prefix().isEmpty()) {
              given =
                  new Prefix(this, cut.split(), cut.sizes().prefix()).run(samples, given, scope);
            }
            pass.run(plan(samples, given.keySet(), tapped), given);
            return pass;
          } catch (RuntimeException | Error e) {
            scope.close();
            throw e;
          }
        });
  }

  /** Computes what a plan wants of values in its own shapes; records nothing. */
  Map<String, Tensor> compute(Plan plan, Map<String, Tensor> inputs) {
    return guarded(
        () -> {
          try (PtNDManager scope = newScope();
              TorchThread thread = TorchThread.recording(false, threads)) {
            return Failures.named(
                () -> "running a part of the differentiated network",
                () -> {
                  Map<String, PtNDArray> arrays = new HashMap<>();
                  inputs.forEach((name, tensor) -> arrays.put(name, upload(scope, tensor)));
                  Computation computation = new Computation(this, scope, 1, Set.of());
                  computation.run(plan, arrays);
                  Map<String, Tensor> found = new LinkedHashMap<>();
                  graph
                      .outputs()
                      .forEach(
                          name -> found.put(name, NativeArrays.download(computation.get(name))));
                  return found;
                });
          }
        });
  }

  /** A plan of what leads to outputs and taps, kept for the next run of its kind. */
  Plan plan(int samples, Set<String> given, Set<String> taps) {
    Set<String> ends = new LinkedHashSet<>(graph.outputs());
    ends.addAll(taps);
    return plan(samples, given, ends, taps);
  }

  /** A plan, kept for the next run of its kind. */
  Plan plan(int samples, Set<String> given, Set<String> ends, Set<String> taps) {
    List<Object> key = List.of(samples, Set.copyOf(given), Set.copyOf(ends), Set.copyOf(taps));
    synchronized (plans) {
      return plans.computeIfAbsent(key, k -> Plan.of(batching.at(samples), given, ends, taps));
    }
  }

  private Cut cut(Set<String> taps) {
    synchronized (cuts) {
      return cuts.computeIfAbsent(
          Set.copyOf(taps),
          key -> new Cut(TapSplit.at(graph, key), BatchSizes.of(graph, batching, options, key)));
    }
  }

  /** Does work on native arrays, which stay until it ends. */
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

  PtNDArray upload(PtNDManager owner, Tensor tensor) {
    return NativeArrays.upload(owner, tensor, NativeArrays.type(tensor.elementType(), precision));
  }

  PtNDArray constant(String tensor) {
    return constants.get(tensor);
  }

  /** A constant as results are given: in the run's precision. */
  Tensor constantTensor(String name) {
    Tensor tensor = graph.constants().get(name);
    return tensor.elementType().isFloating()
        ? tensor.cast(precision == DataType.FLOAT64 ? ElementType.FLOAT64 : ElementType.FLOAT32)
        : tensor;
  }

  DataType precision() {
    return precision;
  }

  ScriptModule scripts() {
    return scripts;
  }

  ModelRequests requests() {
    return requests;
  }

  int threads() {
    return threads;
  }

  PtNDManager newScope() {
    return (PtNDManager) manager.newSubManager();
  }

  /** Frees the arrays of a pass; those of a closed model are gone already. */
  void release(PtNDManager scope) {
    lock.readLock().lock();
    try {
      if (!closed) {
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
        scripts.close();
        manager.close();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
