package org.pellucid.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.pellucid.graph.Tensor;

/**
 * Writes a model's file, or its two files, so that nobody sees half of them: into temporary files
 * beside the targets, which are then moved into their places.
 */
final class ModelFiles {
  private ModelFiles() {}

  /** The constants that go to a file of their own, one after the other. */
  static final class Data {
    /** Where readers that map files into memory expect tensors to begin: at a page. */
    private static final long ALIGNMENT = 4096;

    private final Path file;
    private final List<Tensor> tensors = new ArrayList<>();
    private long end;

    /** The data file of a model. */
    Data(Path model) {
      this.file = model.resolveSibling(model.getFileName() + ".data");
    }

    Path file() {
      return file;
    }

    /** The file's name, as the model file says it. */
    String location() {
      return file.getFileName().toString();
    }

    /** Gives a tensor its place; returns the offset in bytes. */
    long place(Tensor tensor) {
      long offset = aligned(end);
      tensors.add(tensor);
      end = offset + ProtobufMessage.bytes(tensor);
      return offset;
    }

    private static long aligned(long offset) {
      return (offset + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    void writeTo(FileChannel channel) throws IOException {
      for (Tensor tensor : tensors) {
        channel.position(aligned(channel.position()));
        ProtobufMessage.writeElements(tensor, piece -> writeFully(channel, piece));
      }
    }
  }

  /** Writes what belongs into a file. */
  interface Content {
    void writeTo(FileChannel channel) throws IOException;
  }

  /** The content of a file that is one message. */
  static Content content(ProtobufMessage model) {
    return channel -> model.writeTo(piece -> writeFully(channel, piece));
  }

  /**
   * Writes a model that is complete in itself.
   *
   * @throws UnwritableFileException if that is not possible
   */
  static void write(Path file, Content model) {
    try (Replacement replacement = new Replacement(file)) {
      replacement.write(model);
      replacement.commit();
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  /**
   * Writes a model and its constants.
   *
   * @throws UnwritableFileException if that is not possible
   */
  static void write(Path file, Content model, Path constants, Content data) {
    try (Replacement second = new Replacement(constants);
        Replacement first = new Replacement(file)) {
      second.write(data);
      first.write(model);
      second.commitForNow();
      try {
        first.commit();
      } catch (IOException e) {
        second.undo();
        throw e;
      }
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer piece) throws IOException {
    while (piece.hasRemaining()) {
      channel.write(piece);
    }
  }

  private static UnwritableFileException unwritable(Path file, IOException e) {
    return new UnwritableFileException(
        "The model could not be written to \"" + file + "\": " + reason(e), e);
  }

  /** What happened, in words: the JDK's messages for these are bare file names. */
  private static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "there is no such directory";
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof FileSystemException failure && failure.getReason() != null) {
      return failure.getReason();
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  /** A file that takes its place, and perhaps another's, once it is complete. */
  private static final class Replacement implements AutoCloseable {
    private final Path target;
    private final Path temporary;
    private final Path previous;

    Replacement(Path file) throws IOException {
      this.target = file.toAbsolutePath();
      if (target.getParent() == null || Files.isDirectory(target)) {
        throw new FileSystemException(file.toString(), null, "it is a directory");
      }
      String name = "." + UUID.randomUUID();
      this.temporary = target.resolveSibling(name + ".tmp");
      this.previous = target.resolveSibling(name + ".old");
    }

    void write(Content content) throws IOException {
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        content.writeTo(channel);
      }
    }

    void commit() throws IOException {
      move(temporary, target);
    }

    /** Commits so that {@link #undo} is possible until this is closed. */
    void commitForNow() throws IOException {
      if (Files.exists(target)) {
        move(target, previous);
      }
      try {
        commit();
      } catch (IOException e) {
        undo();
        throw e;
      }
    }

    void undo() throws IOException {
      Files.deleteIfExists(target);
      if (Files.exists(previous)) {
        move(previous, target);
      }
    }

    @Override
    public void close() throws IOException {
      Files.deleteIfExists(temporary);
      Files.deleteIfExists(previous);
    }

    private static void move(Path from, Path to) throws IOException {
      try {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}
