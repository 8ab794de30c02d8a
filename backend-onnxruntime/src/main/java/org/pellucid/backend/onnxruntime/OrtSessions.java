package org.pellucid.backend.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.pellucid.api.Device;
import org.pellucid.api.LoadOptions;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Tensor;
import org.pellucid.onnx.ExternalConstant;
import org.pellucid.onnx.OnnxWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the sessions of a model, on the processor with the filters of convolutions shared between
 * them.
 *
 * <p>A session takes an initializer where it stands only if its kernel reads it as it is; but most
 * convolutions want their filters in another order, into which a session brings them while it
 * optimises the graph. So a first session optimises the graph, writes what has become of it ({@link
 * OptimizedModel}), and is closed. A second one takes that graph as it is, and the filters in it
 * where {@link SharedWeights} has them. What else is large, matrices of dense layers above all, it
 * copies as ever: these it packs, and would then hold beside the shared ones.
 */
final class OrtSessions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OrtSessions.class);

  private final OrtEnvironment environment;
  private final WeightSharing sharing;
  private final SharedWeights weights;

  /** Whether sharing failed, which it would do again. */
  private volatile boolean givenUp;

  OrtSessions(OrtEnvironment environment, WeightSharing sharing) {
    this.environment = environment;
    this.sharing = sharing;
    this.weights = new SharedWeights(environment, sharing.most());
  }

  /**
   * A session and the weights that it shares with others.
   *
   * @param session to be closed by the caller
   * @param weights to be closed by the caller, after the session
   */
  record Opened(OrtSession session, SharedWeights.Lease weights) {}

  /** The weights that are shared now. */
  SharedWeights weights() {
    return weights;
  }

  /**
   * Makes a session, with shared weights if that pays and can be done, else with its own.
   *
   * @param graph what the model was written from
   */
  Opened open(ModelGraph graph, OnnxWriter.Detached model, LoadOptions loading)
      throws OrtException {
    if (loading.device().kind() == Device.Kind.CPU && sharing.pays(graph) && !givenUp) {
      try {
        return sharing(model, loading);
      } catch (IOException | OrtException | RuntimeException | OutOfMemoryError e) {
        // Where it is not for the files, the session that follows fails, too, and tells why.
        givenUp = !(e instanceof ClosedByInterruptException);
        LOG.debug("Sessions get weights of their own, which cannot be shared: {}", e.toString());
      }
    }
    try (SessionOptions settings = SessionSettings.of(loading)) {
      return new Opened(session(model, settings), weights.lease());
    }
  }

  /** A session with all constants of its own, which it has copied when it is ready. */
  private OrtSession session(OnnxWriter.Detached model, SessionOptions settings)
      throws OrtException {
    try (Handed handed = new Handed()) {
      for (Map.Entry<String, Tensor> constant : model.constants().entrySet()) {
        handed.add(constant.getKey(), Tensors.enter(environment, constant.getValue()));
      }
      settings.addExternalInitializers(handed.tensors());
      return environment.createSession(model.model(), settings);
    }
  }

  /** Constants that a session copies when it is made. */
  private static final class Handed implements AutoCloseable {
    private final Map<String, OrtValue> values = new HashMap<>();

    void add(String name, OrtValue value) {
      values.put(name, value);
    }

    Map<String, OnnxTensorLike> tensors() {
      Map<String, OnnxTensorLike> tensors = new HashMap<>();
      values.forEach((name, value) -> tensors.put(name, value.tensor()));
      return tensors;
    }

    @Override
    public void close() {
      values.values().forEach(OrtValue::close);
    }
  }

  private Opened sharing(OnnxWriter.Detached model, LoadOptions loading)
      throws OrtException, IOException {
    long bytes =
        Float.BYTES
            * model.constants().values().stream().mapToLong(tensor -> tensor.shape().size()).sum();
    try (OptimizedModel optimized = new OptimizedModel(sharing.directory(), bytes)) {
      optimize(model, loading, optimized);
      return reopen(optimized, loading);
    }
  }

  private void optimize(OnnxWriter.Detached model, LoadOptions loading, OptimizedModel into)
      throws OrtException {
    try (SessionOptions settings = SessionSettings.of(loading)) {
      into.writtenWith(settings, sharing.leastEach());
      // It will not run: no memory is set aside, no weights are packed.
      settings.setCPUArenaAllocator(false);
      settings.addConfigEntry("session.disable_prepacking", "1");
      session(model, settings).close();
    }
  }

  /** A session of an optimised model, which reads none of its files afterwards. */
  private Opened reopen(OptimizedModel model, LoadOptions loading)
      throws OrtException, IOException {
    SharedWeights.Lease lease = weights.lease();
    OrtSession session = null;
    try (SessionOptions settings = SessionSettings.of(loading);
        Handed handed = new Handed()) {
      for (ExternalConstant constant : model.constants()) {
        Optional<OnnxTensor> shared = enter(constant, model.elements(constant), lease, handed);
        if (shared.isPresent()) {
          settings.addInitializer(constant.name(), shared.get());
        }
      }
      settings.addExternalInitializers(handed.tensors());
      settings.setOptimizationLevel(SessionOptions.OptLevel.NO_OPT);
      session = environment.createSession(model.model(), settings);
      return new Opened(session, lease);
    } finally {
      if (session == null) {
        lease.close();
      }
    }
  }

  /**
   * Takes a constant over.
   *
   * @return its tensor where it is shared; otherwise it is handed to the session
   */
  private Optional<OnnxTensor> enter(
      ExternalConstant constant, DirectBuffer elements, SharedWeights.Lease lease, Handed handed)
      throws OrtException {
    boolean taken = false;
    try {
      if (constant.filter() && constant.type().elementType() == ElementType.FLOAT32) {
        Optional<OnnxTensor> shared = lease.take(constant.type().shape(), elements);
        taken = shared.isPresent();
        if (taken) {
          return shared;
        }
      }
      OnnxTensor own = Tensors.over(environment, constant.type(), elements.bytes());
      handed.add(constant.name(), new OrtValue(own, elements));
      taken = true;
      return Optional.empty();
    } finally {
      if (!taken) {
        elements.close();
      }
    }
  }

  @Override
  public void close() {
    weights.close();
  }
}
