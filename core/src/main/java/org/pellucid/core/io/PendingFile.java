package org.pellucid.core.io;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.pellucid.api.InvalidRequestException;

/**
 * A file that grows over a long time and appears when it is complete: what is written goes to a
 * temporary file beside the target, which {@link #commit} moves into its place. Closed before that,
 * it leaves nothing. To be used by one thread.
 */
public final class PendingFile implements AutoCloseable {
  private final Path target;
  private final Path temporary;
  private final OutputStream out;
  private boolean closed;

  /**
   * Begins a file. Directories that are missing on the way to it are made.
   *
   * @throws InvalidRequestException if nothing can be written there
   */
  public PendingFile(Path file) {
    target = file.toAbsolutePath();
    if (target.getParent() == null || Files.isDirectory(target)) {
      throw new InvalidRequestException(
          file + " could not be written: it is a directory; give the name of a file");
    }
    temporary = target.resolveSibling("." + UUID.randomUUID() + ".tmp");
    try {
      Files.createDirectories(temporary.getParent());
      out =
          new BufferedOutputStream(Files.newOutputStream(temporary, StandardOpenOption.CREATE_NEW));
    } catch (IOException e) {
      throw new InvalidRequestException(file + " could not be written: " + AtomicFiles.reason(e));
    }
  }

  /** What is written here becomes the file. Closing the stream flushes it and no more. */
  public OutputStream out() {
    return new FilterOutputStream(out) {
      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        out.write(bytes, from, length);
      }

      @Override
      public void close() throws IOException {
        flush();
      }
    };
  }

  /**
   * Copies what has been written so far.
   *
   * @throws IOException if it cannot be read or the other stream not be written to
   */
  public void copyTo(OutputStream other) throws IOException {
    out.flush();
    Files.copy(temporary, other);
  }

  /**
   * Puts the file into its place.
   *
   * @throws InvalidRequestException if it cannot be written
   */
  public void commit() {
    try {
      out.close();
      AtomicFiles.move(temporary, target);
      closed = true;
    } catch (IOException e) {
      throw new InvalidRequestException(target + " could not be written: " + AtomicFiles.reason(e));
    }
  }

  /** Removes what was not committed; closing twice is safe. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      out.close();
    } catch (IOException ignored) {
      // It was to be thrown away.
    } finally {
      AtomicFiles.deleteQuietly(temporary);
    }
  }
}
