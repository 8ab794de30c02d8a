package org.pellucid.core.plugin;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Keeps the directories from which this process loads classes from being removed by another, by
 * shared locks that are held until the process ends.
 */
final class DirectoriesInUse {
  /** In each unpacked plugin, the file that is locked; empty. */
  static final String LOCK = ".in-use";

  private static final Set<Path> DIRECTORIES = new HashSet<>();

  /** Never read: what holds the locks for as long as this class is there. */
  private static final List<FileLock> LOCKS = new ArrayList<>();

  private DirectoriesInUse() {}

  /**
   * Takes a directory into use.
   *
   * @return false if it is not there, or was just removed
   */
  static synchronized boolean add(Path directory) {
    if (!DIRECTORIES.contains(directory)) {
      Path file = directory.resolve(LOCK);
      try {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        LOCKS.add(channel.lock(0, Long.MAX_VALUE, true));
      } catch (OverlappingFileLockException e) {
        // Another copy of this class in this JVM has it.
      } catch (IOException e) {
        // Some file systems have no locks: then nobody removes anything either.
        if (!Files.exists(file)) {
          return false;
        }
      }
      // Between the opening and the locking it may have been moved away.
      if (!Files.exists(file)) {
        return false;
      }
      DIRECTORIES.add(directory);
    }
    return true;
  }

  /** Moves a directory away if nobody uses it, and tells whether that was done. */
  static synchronized boolean moveUnused(Path directory, Path to) {
    if (DIRECTORIES.contains(directory)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(directory.resolve(LOCK), StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock == null) {
        return false;
      }
      Files.move(directory, to);
      return true;
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (IOException e) {
      return false;
    }
  }
}
