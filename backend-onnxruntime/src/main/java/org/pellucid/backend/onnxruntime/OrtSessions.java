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
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
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

  /** A line of a cache, from which kernels load whole vectors. */
  private static final int ALIGNMENT = 64;

  /** Bytes that are copied sooner than a thread has started. */
  private static final long LEAST_TO_DIVIDE = 4_000_000;

  /** More than these wait for memory. */
  private static final int MOST_COPYING = 4;

  private static final String MODEL = "model.onnx";
  private static final String WEIGHTS = "weights.bin";

  private final OrtEnvironment environment;
  private final WeightSharing sharing;
  private final SharedWeights weights;

  /** Whether sharing failed. */
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
      throws OrtException, IOException {
    if (loading.device().kind() == Device.Kind.CPU && sharing.pays(graph) && !givenUp) {
      try {
        return sharing(model, loading);
      } catch (IOException | OrtException | RuntimeException | OutOfMemoryError e) {
        // Where it is not for the files, the session that follows fails, too, and tells why. The
        // next one does not try in vain, unless this one was interrupted.
        givenUp = !(e instanceof ClosedByInterruptException);
        LOG.debug("Sessions get weights of their own, which cannot be shared: {}", e.toString());
      }
    }
    try (SessionOptions settings = SessionSettings.of(loading)) {
      return new Opened(session(model, loading, settings), weights.lease());
    }
  }

  /** A session with all constants of its own, which it has copied when it is ready. */
  private OrtSession session(
      OnnxWriter.Detached model, LoadOptions loading, SessionOptions settings)
      throws OrtException, IOException {
    Map<String, Tensor> constants = model.constants();
    try (Handed handed = new Handed()) {
      Pieces.each(
          threads(loading, bytes(constants)),
          List.copyOf(constants.keySet()),
          name -> handed.add(name, Tensors.enter(environment, constants.get(name))));
      settings.addExternalInitializers(handed.tensors());
      return environment.createSession(model.model(), settings);
    }
  }

  /** How many threads copy so many bytes. */
  private static int threads(LoadOptions loading, long bytes) {
    return bytes < LEAST_TO_DIVIDE
        ? 1
        : Math.min(
            loading.threads().orElse(MOST_COPYING),
            Math.min(MOST_COPYING, Runtime.getRuntime().availableProcessors()));
  }

  /** Constants that a session copies when it is made. */
  private static final class Handed implements AutoCloseable {
    private final Map<String, OrtValue> values = new ConcurrentHashMap<>();

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
      requireSpace(directory, model);
      optimize(model, loading, directory);
      return reopen(directory, loading);
    } finally {
      delete(directory);
    }
  }

  /** So that a disk is not filled in vain. */
  private static void requireSpace(Path directory, OnnxWriter.Detached model) throws IOException {
    long bytes = bytes(model.constants());
    long free = Files.getFileStore(directory).getUsableSpace();
    if (free < 2 * bytes) {
      throw new IOException(
          directory + " has " + free + " bytes left, which is not twice " + bytes);
    }
  }

  private static long bytes(Map<String, Tensor> constants) {
    return Float.BYTES
        * constants.values().stream().mapToLong(tensor -> tensor.shape().size()).sum();
  }

  private void optimize(OnnxWriter.Detached model, LoadOptions loading, Path directory)
      throws OrtException, IOException {
    try (SessionOptions settings = SessionSettings.of(loading)) {
      settings.setOptimizedModelFilePath(directory.resolve(MODEL).toString());
      settings.addConfigEntry("session.optimized_model_external_initializers_file_name", WEIGHTS);
      settings.addConfigEntry(
          "session.optimized_model_external_initializers_min_size_in_bytes",
          Long.toString(sharing.leastEach()));
      // It will not run: no memory is set aside, no weights are packed.
      settings.setCPUArenaAllocator(false);
      settings.addConfigEntry("session.disable_prepacking", "1");
      session(model, loading, settings).close();
    }
  }

  /** A session of an optimised graph, which reads none of its files afterwards. */
  private Opened reopen(Path directory, LoadOptions loading) throws OrtException, IOException {
    Path model = directory.resolve(MODEL);
    List<ExternalConstant> constants = ExternalConstant.of(model);
    long bytes = constants.stream().mapToLong(ExternalConstant::bytes).sum();
    SharedWeights.Lease lease = weights.lease();
    OrtSession session = null;
    boolean ready = false;
    try (SessionOptions settings = SessionSettings.of(loading);
        Handed kept = new Handed();
        FileChannel file = FileChannel.open(directory.resolve(WEIGHTS))) {
      Map<String, OnnxTensor> shared = new ConcurrentHashMap<>();
      Pieces.each(
          threads(loading, bytes),
          constants,
          constant -> enter(file, constant, lease, shared, kept));
      for (Map.Entry<String, OnnxTensor> weight : shared.entrySet()) {
        settings.addInitializer(weight.getKey(), weight.getValue());
      }
      settings.addExternalInitializers(kept.tensors());
      settings.setOptimizationLevel(SessionOptions.OptLevel.NO_OPT);
      session = environment.createSession(model.toString(), settings);
      ready = true;
    } finally {
      if (!ready) {
        lease.close();
      }
    }
    return new Opened(session, lease);
  }

  /** Reads a constant, and adds it to those that are shared or to those that are not. */
  private void enter(
      FileChannel file,
      ExternalConstant constant,
      SharedWeights.Lease lease,
      Map<String, OnnxTensor> shared,
      Handed kept)
      throws OrtException, IOException {
    DirectBuffer memory = read(file, constant);
    boolean entered = false;
    try {
      if (constant.filter() && constant.type().elementType() == ElementType.FLOAT32) {
        Optional<OnnxTensor> tensor = lease.take(constant.type().shape(), memory);
        entered = tensor.isPresent();
        tensor.ifPresent(found -> shared.put(constant.name(), found));
      }
      if (!entered) {
        OnnxTensor tensor = Tensors.over(environment, constant.type(), memory.bytes());
        kept.add(constant.name(), new OrtValue(tensor, memory));
        entered = true;
      }
    } finally {
      if (!entered) {
        memory.close();
      }
    }
  }

  private static DirectBuffer read(FileChannel file, ExternalConstant constant) throws IOException {
    if (!constant.location().equals(WEIGHTS)) {
      throw new IOException(constant + " is not in " + WEIGHTS);
    }
    DirectBuffer memory = DirectBuffer.allocate(constant.bytes(), ALIGNMENT);
    try {
      ByteBuffer into = memory.bytes();
      while (into.hasRemaining()) {
        if (file.read(into, constant.offset() + into.position()) < 0) {
          throw new EOFException(constant + " ends after " + into.position() + " bytes");
        }
      }
      into.rewind();
      return memory;
    } catch (IOException | RuntimeException | Error e) {
      memory.close();
      throw e;
    }
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
