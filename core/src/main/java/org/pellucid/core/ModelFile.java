package org.pellucid.core;

import com.google.common.base.Supplier;
import com.google.common.base.Suppliers;
import com.google.common.hash.Hashing;
import com.google.common.io.Files;
import java.io.IOException;
import java.nio.file.Path;
import org.pellucid.graph.MalformedInputException;

/** The file a model was read from; its hash is computed once, when it is first asked for. */
public final class ModelFile {
  private final Path path;
  private final Supplier<String> sha256;

  /** A file that a model is in, or is to be. */
  public ModelFile(Path path) {
    this.path = path;
    this.sha256 = Suppliers.memoize(this::hash);
  }

  private String hash() {
    try {
      return Files.asByteSource(path.toFile()).hash(Hashing.sha256()).toString();
    } catch (IOException e) {
      throw new MalformedInputException("The model " + path + " cannot be read again", e);
    }
  }

  /** Its name, without its directory. */
  public String name() {
    return String.valueOf(path.getFileName());
  }

  /** Whether another path leads to the same file. */
  boolean is(Path other) {
    try {
      return java.nio.file.Files.exists(other) && java.nio.file.Files.isSameFile(path, other);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Its SHA-256, in hexadecimal.
   *
   * @throws MalformedInputException if it cannot be read
   */
  public String sha256() {
    return sha256.get();
  }
}
