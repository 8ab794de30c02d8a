package org.pellucid.backend.onnxruntime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.pellucid.onnx.ExternalConstant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What ONNX Runtime makes of a model when it optimises it, in temporary files of its own: the
 * model, and beside it the elements of its large constants. The files are removed when it is
 * closed.
 */
final class OptimizedModel implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OptimizedModel.class);

  private static final String MODEL = "model.onnx";
  private static final String ELEMENTS = "elements.bin";

  /** A line of a cache, from which kernels load whole vectors. */
  private static final int ALIGNMENT = 64;

  private final Path directory;

  /**
   * Room for one, with no files yet.
   *
   * @param parent where they will be; null for the system's directory of temporary files
   * @param bytes that the constants have
   * @throws IOException if they cannot be there
   */
  OptimizedModel(Path parent, long bytes) throws IOException {
    directory =
        parent == null
            ? Files.createTempDirectory("pellucid-")
            : Files.createTempDirectory(parent, "pellucid-");
    try {
      long free = Files.getFileStore(directory).getUsableSpace();
      // So that a disk is not filled in vain.
      if (free < 2 * bytes) {
        throw new IOException(
            directory + " has " + free + " bytes left, which is not twice " + bytes);
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Has a session write the files when it is made.
   *
   * @param least bytes of the smallest constant whose elements lie beside the model
   */
  void writtenWith(SessionOptions settings, long least) throws OrtException {
    settings.setOptimizedModelFilePath(model());
    settings.addConfigEntry("session.optimized_model_external_initializers_file_name", ELEMENTS);
    settings.addConfigEntry(
        "session.optimized_model_external_initializers_min_size_in_bytes", Long.toString(least));
  }

  /** The model's file. */
  String model() {
    return directory.resolve(MODEL).toString();
  }

  /** The constants whose elements lie beside the model. */
  List<ExternalConstant> constants() throws IOException {
    return ExternalConstant.of(directory.resolve(MODEL));
  }

  /** The elements of such a constant; to be closed by the caller. */
  DirectBuffer elements(ExternalConstant constant) throws IOException {
    if (!constant.location().equals(ELEMENTS)) {
      throw new IOException(constant + " is not in " + ELEMENTS);
    }
    DirectBuffer memory = DirectBuffer.allocate(constant.bytes(), ALIGNMENT);
    // Read rather than mapped: a mapped file cannot be removed on Windows.
    try (FileChannel file = FileChannel.open(directory.resolve(ELEMENTS))) {
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

  @Override
  public void close() {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(directory);
    } catch (IOException | RuntimeException e) {
      LOG.debug("Temporary files stay behind: {}", e.toString());
    }
  }
}
