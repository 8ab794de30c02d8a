package org.pellucid.backend.dl4j;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pellucid.api.Availability;
import org.pellucid.api.Device;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.Precision;
import org.pellucid.api.engine.Engine;
import org.pellucid.api.engine.GraphBackend;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.PellucidException;

/**
 * ND4J, the tensors under Deeplearning4j, which runs the network and the graphs of its gradients on
 * the CPU, in float32 and float64. Only its forward operations are used: gradients are graphs of
 * the same operations, and SameDiff has no part in them. What ND4J lacks or gets wrong is composed
 * of operations that it gets right.
 *
 * <p>The natives come with {@code org.nd4j:nd4j-native} and {@code org.bytedeco:openblas} in the
 * classifier of the platform, and are unpacked into JavaCPP's cache when the backend is first used
 * ({@code ~/.javacpp/cache}, or the system property {@code org.bytedeco.javacpp.cachedir}). Nothing
 * is downloaded and nothing is reported.
 *
 * <p><b>Memory.</b> Arrays live outside the Java heap and are freed as soon as nothing reads them,
 * without waiting for the garbage collector. JavaCPP's limit on the memory of the whole process
 * (twice the Java heap) is lifted unless {@code org.bytedeco.javacpp.maxphysicalbytes} is set,
 * since other engines' memory would count, too.
 *
 * <p><b>Threads.</b> ND4J has one number of threads for the process. It is set before each run: to
 * the model's {@link LoadOptions#threads}, or to one per core. Models with different numbers that
 * run at the same time therefore get each other's.
 *
 * <p><b>Deterministic mode.</b> Equal questions have bitwise equal answers for the same number of
 * threads.
 *
 * <p><b>Integers.</b> What networks compute of int64 numbers (indices, classes) is a few numbers,
 * and done in Java, exactly.
 */
public final class Dl4jBackend extends GraphBackend {
  private static final Set<Precision> PRECISIONS = Set.of(Precision.FLOAT32, Precision.FLOAT64);

  /** Makes the backend; ND4J is started when it is first needed. */
  public Dl4jBackend() {}

  @Override
  public String id() {
    return "dl4j";
  }

  /** It is slower than ONNX Runtime and PyTorch, and much faster than plain Java. */
  @Override
  public int preference() {
    return 50;
  }

  @Override
  public Availability availability() {
    try {
      return Availability.yes(Nd4jLibrary.get().describe());
    } catch (PellucidException e) {
      return Availability.no(e.getMessage());
    } catch (RuntimeException | LinkageError e) {
      return Availability.no("The dl4j backend cannot be used: " + e);
    }
  }

  @Override
  public List<Device> devices() {
    return List.of(Device.CPU);
  }

  @Override
  public Set<Precision> precisions() {
    return PRECISIONS;
  }

  @Override
  public Optional<String> refusal(Node node, Precision precision) {
    return PRECISIONS.contains(precision)
        ? Kernels.all().refusal(node)
        : Optional.of("the dl4j backend has float32 and float64, not " + precision.id());
  }

  @Override
  protected Engine open(ModelGraph graph, LoadOptions options) {
    return new Nd4jEngine(Nd4jLibrary.get(), graph, options);
  }
}
