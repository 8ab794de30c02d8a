package org.pellucid.backend.cuda;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.Precision;
import org.pellucid.api.engine.Engine;
import org.pellucid.api.engine.Executable;
import org.pellucid.api.engine.NoisyWork;
import org.pellucid.api.engine.Value;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * A card for one model: a context with the kernels, the weights that all plans read, and memory
 * that plans use in turn.
 */
final class CudaEngine implements Engine {
  /** Addresses in the workspace are multiples of this. */
  static final int ALIGNMENT = 256;

  private static final List<String> SOURCES =
      List.of(
          "arrange",
          "conv",
          "elementwise",
          "gemm",
          "lrn",
          "maps",
          "noise",
          "pool",
          "powers",
          "reduce");

  /** What formulas over averages need. */
  private static final List<String> OF_FORMULAS =
      List.of("arrange", "averages", "elementwise", "reduce");

  private final CudaContext context;
  private final KernelLibrary kernels;
  private final Numbers numbers;
  private final Precision precision;
  private final boolean ordered;
  private final Set<Tensor> ofModel = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Map<Tensor, DeviceBuffer> constants = new IdentityHashMap<>();
  private final Map<PackedWeights, DeviceBuffer> packed = new HashMap<>();
  private final BufferPool pool;
  private final long free;
  private final long byDefault;
  private final boolean apart = Boolean.getBoolean(CudaContext.SYNCHRONOUS);
  private final Optional<NoisyWork> noisyWork;

  /**
   * Opens an engine.
   *
   * @param context closed with the engine
   */
  CudaEngine(CudaContext context, ModelGraph graph, LoadOptions options) {
    this.context = context;
    this.precision = options.precision();
    this.numbers = new Numbers(precision == Precision.FLOAT64);
    this.ordered = false;
    List<String> sources = new ArrayList<>(SOURCES);
    if (!tensorCores().isEmpty()) {
      sources.add("tensor");
    }
    this.kernels = library(sources);
    this.ofModel.addAll(graph.constants().values());
    this.pool = new BufferPool(context);
    long weights =
        ofModel.stream().mapToLong(tensor -> tensor.shape().size() * numbers.width()).sum();
    // Many are there twice, as they came and as kernels read them.
    this.free = Math.max(1, context.freeBytes() - 2 * weights);
    this.byDefault =
        options.deterministic() ? Math.max(1, context.device().memoryBytes() / 4) : free / 2;
    this.noisyWork = Optional.of(new CudaNoisyWork(this));
  }

  /**
   * An engine beside another, for formulas: in float64, with sums in index order, as in Java.
   *
   * @param beside whose context and memory it has, and with which it ends
   */
  private CudaEngine(CudaEngine beside) {
    this.context = beside.context;
    this.precision = Precision.FLOAT64;
    this.numbers = new Numbers(true);
    this.ordered = true;
    this.kernels = library(OF_FORMULAS);
    this.pool = beside.pool;
    this.free = beside.free;
    this.byDefault = beside.byDefault;
    this.noisyWork = Optional.empty();
  }

  /** An engine for formulas, which ends with this one. */
  CudaEngine forFormulas() {
    return new CudaEngine(this);
  }

  private KernelLibrary library(List<String> sources) {
    String suffix = numbers.wide() ? ".f64" : ".f32";
    return new KernelLibrary(
        context, sources.stream().map(source -> KernelImage.resource(source + suffix)).toList());
  }

  @Override
  public Executable compile(ModelGraph part) {
    try (CudaContext.Use use = context.use()) {
      return new CudaExecutable(this, Planner.plan(this, part));
    }
  }

  @Override
  public Value value(Tensor tensor) {
    if (!Numbers.onCard(tensor.elementType(), tensor.shape())) {
      return CudaValue.of(this, tensor);
    }
    try (CudaContext.Use use = context.use()) {
      DeviceBuffer buffer = allocate(tensor.shape());
      try {
        numbers.upload(tensor, buffer);
        return CudaValue.of(this, tensor.type(), buffer);
      } catch (RuntimeException | Error e) {
        release(buffer);
        throw e;
      }
    }
  }

  /**
   * What was asked for, as far as it is free. By default half of what is free, or, where equal
   * questions must have equal answers, a quarter of the card.
   */
  @Override
  public long memoryBudget(long budget) {
    return budget == LoadOptions.DEFAULT.memoryBudget() ? byDefault : Math.min(budget, free);
  }

  @Override
  public Optional<NoisyWork> noisyWork() {
    return noisyWork;
  }

  /** Runs a plan. */
  Map<String, Value> run(Plan plan, Map<String, CudaValue> inputs, RecordedRuns runs) {
    try (CudaContext.Use use = context.use()) {
      Map<String, DeviceBuffer> results = new LinkedHashMap<>();
      List<DeviceBuffer> own = new ArrayList<>();
      try {
        plan.results()
            .forEach(
                (name, type) -> {
                  if (Numbers.onCard(type.elementType(), type.shape())) {
                    results.put(name, allocate(type.shape()));
                  }
                });
        Run run = new Run(this, inputs, results, slots(plan, own));
        runs.run(run);
        // In their order, so that they come back in one, and the next run has the same memory.
        Map<String, Value> values = new LinkedHashMap<>();
        plan.results()
            .forEach(
                (name, type) -> {
                  DeviceBuffer buffer = results.get(name);
                  values.put(
                      name,
                      buffer == null
                          ? CudaValue.of(this, run.inJava(name))
                          : CudaValue.of(this, type, buffer));
                });
        return values;
      } catch (RuntimeException | Error e) {
        results.values().forEach(this::release);
        throw e;
      } finally {
        own.forEach(DeviceBuffer::close);
      }
    }
  }

  /**
   * The memory of a plan's slots: parts of the workspace. Where launches wait to find what is
   * wrong, each has an allocation of its own, so that a kernel that leaves its memory is caught.
   */
  private Map<Place.Slot, DeviceBuffer> slots(Plan plan, List<DeviceBuffer> own) {
    Map<Place.Slot, DeviceBuffer> slots = new HashMap<>();
    if (apart) {
      for (Place.Slot slot : plan.offsets().keySet()) {
        DeviceBuffer buffer = context.allocate(slot.bytes());
        own.add(buffer);
        slots.put(slot, buffer);
      }
      return slots;
    }
    if (plan.workspace() == 0) {
      return slots;
    }
    DeviceBuffer workspace = pool.workspace(plan.workspace());
    plan.offsets()
        .forEach((slot, offset) -> slots.put(slot, workspace.slice(offset, slot.bytes())));
    return slots;
  }

  /** Memory for a tensor, to be released. */
  DeviceBuffer allocate(Shape shape) {
    return take(shape.size() * numbers.width());
  }

  /** Memory for a while, to be released. */
  DeviceBuffer take(long bytes) {
    return pool.take(bytes);
  }

  /** Takes a value's memory back. */
  void release(DeviceBuffer buffer) {
    pool.give(buffer);
  }

  /** Takes memory back, with what its owner may want again. */
  void rest(DeviceBuffer buffer, Object owner) {
    pool.rest(buffer, owner);
  }

  /** Gives memory that rests to its owner again; whether it is still as it was left. */
  boolean wake(DeviceBuffer buffer, Object owner) {
    return pool.wake(buffer, owner);
  }

  /** Whether sums are added up in index order, whatever that costs. */
  boolean ordered() {
    return ordered;
  }

  Tensor download(DeviceBuffer buffer, ElementType type, Shape shape) {
    try (CudaContext.Use use = context.use()) {
      return numbers.download(buffer, type, shape);
    }
  }

  Kernel kernel(String name) {
    return kernels.kernel(name);
  }

  Numbers numbers() {
    return numbers;
  }

  /** What numbers are rounded to when they are multiplied. */
  Precision precision() {
    return precision;
  }

  /** The end of the names of kernels for tensor cores; empty where they are not used. */
  String tensorCores() {
    boolean used = precision == Precision.TF32 || precision == Precision.BF16;
    return used ? "_" + precision.id() : "";
  }

  CudaContext context() {
    return context;
  }

  CudaDevice device() {
    return context.device();
  }

  /** The next multiple of {@link #ALIGNMENT}. */
  static long aligned(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** Whether a tensor is a constant of the model, and so of many graphs. */
  boolean isOfModel(Tensor tensor) {
    return ofModel.contains(tensor);
  }

  /** A constant of the model, on the card. */
  DeviceBuffer constant(Tensor tensor) {
    DeviceBuffer known = constants.get(tensor);
    if (known == null) {
      known = enter(tensor);
      constants.put(tensor, known);
    }
    return known;
  }

  /** A tensor on the card, to be closed by the caller. */
  DeviceBuffer enter(Tensor tensor) {
    return filled(
        tensor.shape().size() * numbers.width(), buffer -> numbers.upload(tensor, buffer));
  }

  /** A table of numbers for a kernel, to be closed by the caller. */
  DeviceBuffer enter(int[] table) {
    return filled(table.length * (long) Integer.BYTES, buffer -> buffer.write(table));
  }

  /** Numbers of float64, whatever the model's precision, to be closed by the caller. */
  DeviceBuffer enter(double[] numbers) {
    return filled(numbers.length * (long) Double.BYTES, buffer -> buffer.write(numbers));
  }

  private DeviceBuffer filled(long bytes, Consumer<DeviceBuffer> filling) {
    DeviceBuffer buffer = pool.make(Math.max(1, bytes));
    try {
      filling.accept(buffer);
      return buffer;
    } catch (RuntimeException | Error e) {
      buffer.close();
      throw e;
    }
  }

  /** A model's weights in another order, on the card; made when they are first asked for. */
  DeviceBuffer packed(PackedWeights weights) {
    DeviceBuffer known = packed.get(weights);
    if (known == null) {
      known = weights.pack(this);
      packed.put(weights, known);
    }
    return known;
  }

  /** Runs a launch at once, on memory that is fixed. */
  void run(Launch launch) {
    launch.run(new Run(this, Map.of(), Map.of(), Map.of()));
  }

  /** Memory of a size. */
  DeviceBuffer make(long bytes) {
    return pool.make(bytes);
  }

  @Override
  public void close() {
    // An engine for formulas, which has no noisy work, lives in the context of the one beside it.
    if (noisyWork.isPresent()) {
      context.close();
    }
  }
}
