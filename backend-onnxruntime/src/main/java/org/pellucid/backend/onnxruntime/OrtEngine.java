package org.pellucid.backend.onnxruntime;

import ai.onnxruntime.OrtEnvironment;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.pellucid.api.Device;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.engine.Engine;
import org.pellucid.api.engine.Executable;
import org.pellucid.api.engine.Value;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.pass.ArithmeticIndicators;
import org.pellucid.graph.pass.MirroredConvolutions;
import org.pellucid.graph.pass.OneHotProducts;
import org.pellucid.onnx.OnnxWriter;
import org.pellucid.onnx.WriteOptions;

/** ONNX Runtime for one model: a session for each graph. */
final class OrtEngine implements Engine {
  /** The operators with which graphs are written. */
  static final WriteOptions WRITING = WriteOptions.DEFAULT.withOpset(21);

  /** Smaller constants are written into the model that a session reads. */
  private static final long LEAST_DETACHED = 1 << 12;

  private final OrtEnvironment environment;
  private final LoadOptions options;
  private final SharedMatrices matrices;
  private final OrtSessions sessions;

  OrtEngine(OrtEnvironment environment, LoadOptions options, WeightSharing sharing) {
    this.environment = environment;
    this.options = options;
    this.matrices = new SharedMatrices(environment);
    this.sessions = new OrtSessions(environment, sharing);
  }

  @Override
  public Executable compile(ModelGraph part) {
    return compile(part, options);
  }

  @Override
  public Executable compileConcurrent(ModelGraph part) {
    return compile(part, options.withThreads(1));
  }

  /**
   * On the CPU as many as it has threads. Measured with two cores: two samples beside each other
   * took 0.78 of the time of two threads within one after another with MobileNetV3-Large, 0.89 with
   * DenseNet-121, 0.98 with ResNet-50 and 0.89 to 1.03 with VGG-16.
   */
  @Override
  public int concurrentRuns() {
    return options.device().kind() == Device.Kind.CPU
        ? options.threads().orElse(Runtime.getRuntime().availableProcessors())
        : 1;
  }

  private Executable compile(ModelGraph part, LoadOptions loading) {
    boolean cpu = options.device().kind() == Device.Kind.CPU;
    // To a graphics card an input would be sent for every run.
    Set<String> shared = cpu ? SharedMatrices.of(part) : Set.of();
    ModelGraph narrow = SinglePrecision.of(SharedMatrices.asInputs(part, shared));
    ModelGraph rows = OneHotProducts.of(narrow);
    ModelGraph graph = cpu ? forProcessor(rows) : rows;
    OnnxWriter.Detached model = OnnxWriter.detached(graph, WRITING, LEAST_DETACHED);
    return Failures.named(
        () -> "preparing " + part.nodes().size() + " nodes that make " + part.outputs(),
        () -> {
          Map<String, OrtValue> always = new HashMap<>();
          for (String name : shared) {
            always.put(name, matrices.value(part.constants().get(name)));
          }
          return new OrtExecutable(sessions.open(graph, model, loading), part.outputs(), always);
        });
  }

  /** What its kernels for processors are fast with. */
  private static ModelGraph forProcessor(ModelGraph graph) {
    ModelGraph mirrored = MirroredConvolutions.of(graph);
    ModelGraph convolved = PhasedConvolutions.of(ZeroFilledConvolutions.of(mirrored));
    return BlockedLayout.of(ArithmeticIndicators.of(convolved));
  }

  /** The weights that the sessions share now. */
  SharedWeights weights() {
    return sessions.weights();
  }

  @Override
  public Value value(Tensor tensor) {
    return Failures.named(
        () -> "taking a tensor of type " + tensor.type(), () -> Tensors.enter(environment, tensor));
  }

  /**
   * On the CPU single samples: a session for each number of them would take time to make and memory
   * for what is not shared, and batches of 5 took 0.93 of the processor time with
   * MobileNetV3-Large, 0.99 with ResNet-50 and 1.00 with VGG-16.
   */
  @Override
  public int samplesAtOnce(int most) {
    return options.device().kind() == Device.Kind.CPU ? 1 : most;
  }

  @Override
  public void close() {
    sessions.close();
    matrices.close();
  }
}
