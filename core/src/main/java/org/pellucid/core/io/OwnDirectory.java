package org.pellucid.core.io;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/** Directories from which programs are run, and which therefore only their user may write to. */
public final class OwnDirectory {
  private OwnDirectory() {}

  /**
   * Makes a directory, for this user alone where the file system knows users. One that is there is
   * left as it is; what is missing above it is made as usual.
   */
  public static void create(Path directory) throws IOException {
    boolean posix = directory.getFileSystem().supportedFileAttributeViews().contains("posix");
    Path parent = directory.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    if (!Files.isDirectory(directory) && posix) {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    Files.createDirectories(directory);
  }

  /** Removes a directory with all that is in it. */
  public static void delete(Path directory) throws IOException {
    MoreFiles.deleteRecursively(directory, RecursiveDeleteOption.ALLOW_INSECURE);
  }

  /** What makes a directory one that others can write to, as a part of a sentence about it. */
  public static Optional<String> objection(Path directory) throws IOException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(directory, PosixFileAttributeView.class);
    if (view == null) {
      return Optional.empty();
    }
    PosixFileAttributes attributes = view.readAttributes();
    boolean writable =
        List.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE).stream()
            .anyMatch(attributes.permissions()::contains);
    if (writable) {
      return Optional.of("can be written to by others: take that right away");
    }
    // A user without a name, as in some containers, is called "?" or by a number.
    String user = System.getProperty("user.name");
    boolean foreign = user.matches("[A-Za-z].*") && !attributes.owner().getName().equals(user);
    return foreign
        ? Optional.of("belongs to " + attributes.owner().getName() + " and not to " + user)
        : Optional.empty();
  }
}
