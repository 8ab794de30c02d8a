package org.pellucid.backend.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
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
 * optimises the graph. So a first session optimises the graph, writes what has become of it to
 * temporary files, and is closed. A second one takes that graph as it is, and the filters in it
 * where {@link SharedWeights} has them. What else is large, matrices of dense layers above all, it
 * copies as ever: these it packs, and would then hold beside the shared ones.
 */
final class OrtSessions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OrtSessions.class);

  private static final String MODEL = "model.onnx";
  private static final String WEIGHTS = "weights.bin";

  private final OrtEnvironment environment;
  private final WeightSharing sharing;
  private final SharedWeights weights;

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
    if (loading.device().kind() == Device.Kind.CPU && sharing.pays(graph)) {
      try {
        return sharing(model, loading);
      } catch (IOException | OrtException | RuntimeException | OutOfMemoryError e) {
        // Where it is not for the files, the session that follows fails, too, and tells why.
        LOG.debug("A session gets weights of its own, which cannot be shared: {}", e.toString());
      }
    }
    try (SessionOptions settings = SessionSettings.of(loading)) {
      return new Opened(session(model, settings), weights.lease());
    }
  }

  /** A session with all constants of its own, which it has copied when it is ready. */
  private OrtSession session(OnnxWriter.Detached model, SessionOptions settings)
      throws OrtException {
    try (Handed constants = new Handed()) {
      for (Map.Entry<String, Tensor> constant : model.constants().entrySet()) {
        constants.add(constant.getKey(), Tensors.enter(environment, constant.getValue()));
      }
      settings.addExternalInitializers(constants.tensors());
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
    Path directory =
        sharing.directory() == null
            ? Files.createTempDirectory("pellucid-")
            : Files.createTempDirectory(sharing.directory(), "pellucid-");
    try {
      optimize(model, loading, directory);
      return reopen(directory, loading);
    } finally {
      delete(directory);
    }
  }

  private void optimize(OnnxWriter.Detached model, LoadOptions loading, Path directory)
      throws OrtException {
    try (SessionOptions settings = SessionSettings.of(loading)) {
      settings.setOptimizedModelFilePath(directory.resolve(MODEL).toString());
      settings.addConfigEntry("session.optimized_model_external_initializers_file_name", WEIGHTS);
      settings.addConfigEntry(
          "session.optimized_model_external_initializers_min_size_in_bytes",
          Long.toString(sharing.leastEach()));
      // It will not run.
      settings.addConfigEntry("session.disable_prepacking", "1");
      session(model, settings).close();
    }
  }

  /** A session of an optimised graph, which reads none of its files afterwards. */
  private Opened reopen(Path directory, LoadOptions loading) throws OrtException, IOException {
    Path model = directory.resolve(MODEL);
    List<ExternalConstant> constants = ExternalConstant.of(model);
    SharedWeights.Lease lease = weights.lease();
    Opened opened = null;
    try (SessionOptions settings = SessionSettings.of(loading);
        Handed kept = new Handed();
        FileChannel file = FileChannel.open(directory.resolve(WEIGHTS));
        DirectBuffer scratch = DirectBuffer.allocate(largest(constants))) {
      settings.setOptimizationLevel(SessionOptions.OptLevel.NO_OPT);
      for (ExternalConstant constant : constants) {
        ByteBuffer elements = read(file, constant, scratch.bytes());
        Optional<OnnxTensor> shared =
            constant.filter() && constant.type().elementType() == ElementType.FLOAT32
                ? lease.take(constant.type().shape(), elements)
                : Optional.empty();
        if (shared.isPresent()) {
          settings.addInitializer(constant.name(), shared.get());
        } else {
          kept.add(constant.name(), Tensors.enter(environment, constant.type(), elements));
        }
      }
      settings.addExternalInitializers(kept.tensors());
      opened = new Opened(environment.createSession(model.toString(), settings), lease);
      return opened;
    } finally {
      if (opened == null) {
        lease.close();
      }
    }
  }

  private static long largest(List<ExternalConstant> constants) {
    return constants.stream().mapToLong(ExternalConstant::bytes).max().orElse(0);
  }

  private static ByteBuffer read(FileChannel file, ExternalConstant constant, ByteBuffer into)
      throws IOException {
    if (!constant.location().equals(WEIGHTS)) {
      throw new IOException(constant + " is not in " + WEIGHTS);
    }
    into.clear().limit(Math.toIntExact(constant.bytes()));
    while (into.hasRemaining()) {
      if (file.read(into, constant.offset() + into.position()) < 0) {
        throw new EOFException(constant + " ends after " + into.position() + " bytes");
      }
    }
    return into.flip();
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(directory);
    } catch (IOException | RuntimeException e) {
      LOG.debug("Temporary files stay behind: {}", e.toString());
    }
  }

  @Override
  public void close() {
    weights.close();
  }
}
