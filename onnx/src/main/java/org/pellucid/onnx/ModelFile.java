package org.pellucid.onnx;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.pellucid.graph.MalformedInputException;

/** A file that is read at any position, in pieces of at most a megabyte; by one thread. */
final class ModelFile implements Closeable {
  /** Takes the bytes of a range, piece by piece; the buffer is little-endian. */
  interface Sink {
    void accept(ByteBuffer piece) throws IOException;
  }

  /** A multiple of every element's size, so that no element is cut in two. */
  private static final int PIECE = 1 << 20;

  private static final int SMALL = 1 << 13;

  private final Path path;
  private final FileChannel channel;
  private final long size;
  private ByteBuffer buffer;

  private ModelFile(Path path, FileChannel channel, long size) {
    this.path = path;
    this.channel = channel;
    this.size = size;
  }

  /**
   * Opens a file for reading.
   *
   * @throws MalformedInputException if there is no such regular file
   */
  static ModelFile open(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      throw new MalformedInputException("\"" + path + "\" is a directory, not a model file");
    }
    try {
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      return new ModelFile(path, channel, channel.size());
    } catch (NoSuchFileException e) {
      throw new MalformedInputException("There is no file \"" + path + "\"", e);
    }
  }

  Path path() {
    return path;
  }

  long size() {
    return size;
  }

  /** Passes a range of the file on, piece by piece. */
  void read(long offset, long length, Sink sink) throws IOException {
    if (buffer == null || buffer.capacity() < Math.min(PIECE, length)) {
      // Either the whole range fits, or pieces are of the size that cuts no element.
      int capacity = length > SMALL ? PIECE : SMALL;
      buffer = ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
    }
    for (long done = 0; done < length; ) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), length - done));
      int piece = buffer.limit();
      while (buffer.hasRemaining()) {
        int read = channel.read(buffer, offset + done + buffer.position());
        if (read < 0) {
          throw new EOFException("\"" + path + "\" ended while it was read");
        }
      }
      buffer.flip();
      sink.accept(buffer);
      done += piece;
    }
  }

  /** A range of the file, of less than 2 GiB, mapped into memory; little-endian, read-only. */
  ByteBuffer map(long offset, long length) throws IOException {
    return channel
        .map(FileChannel.MapMode.READ_ONLY, offset, length)
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The whole file as a stream in which skipping costs nothing. */
  InputStream stream() {
    return new PositionedStream();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** Reads at its own position, so that tensors may be read in between. */
  private final class PositionedStream extends InputStream {
    private long position;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      int read = channel.read(ByteBuffer.wrap(bytes, from, length), position);
      if (read > 0) {
        position += read;
      }
      return read;
    }

    @Override
    public long skip(long count) {
      long skipped = Math.max(0, Math.min(count, size - position));
      position += skipped;
      return skipped;
    }

    @Override
    public int available() {
      return (int) Math.min(Integer.MAX_VALUE, size - position);
    }
  }
}
