package org.pellucid.core.plugin;

import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.pellucid.core.io.OwnDirectory;
import org.pellucid.graph.PellucidException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A user's unpacked plugins: a directory per content of a zip, named by its SHA-256, so that
 * processes can share them and an installation can be read-only. A directory appears whole or not
 * at all. When something new is unpacked, what belongs to no zip any more and is not in use is
 * removed.
 */
final class UnpackedPlugins {
  private static final Logger LOG = LoggerFactory.getLogger(UnpackedPlugins.class);

  /** Begins the names of what is not ready yet, or not wanted any more. */
  private static final String TEMPORARY = ".tmp-";

  /** Nobody takes that long to unpack a plugin: who began it is gone. */
  private static final Duration ABANDONED = Duration.ofDays(1);

  private final Path root;
  private final ZipIndex index;
  private final ZipUnpacker unpacker;

  /**
   * Uses a directory.
   *
   * @param root need not exist
   */
  UnpackedPlugins(Path root, ZipUnpacker unpacker) {
    this.root = root.toAbsolutePath();
    this.index = new ZipIndex(this.root.resolve("zips"));
    this.unpacker = unpacker;
  }

  /**
   * An unpacked zip.
   *
   * @param directory not to be written to; in use, and thereby kept, until this process ends
   * @param sha256 of the zip
   */
  record Unpacked(Path directory, String sha256) {}

  /**
   * Unpacks a zip, or finds it unpacked.
   *
   * @param allowed is given the hash before anything is unpacked, and may throw
   * @throws PluginRefusal if the zip is damaged or not decent, or the cache cannot be used
   */
  Unpacked unpack(Path zip, Consumer<String> allowed) {
    try {
      ZipStamp stamp = ZipStamp.of(zip);
      Optional<String> known = Files.isDirectory(root) ? known(stamp) : Optional.empty();
      if (known.isPresent()) {
        allowed.accept(known.get());
        if (DirectoriesInUse.add(root.resolve(known.get()))) {
          return new Unpacked(root.resolve(known.get()), known.get());
        }
      }
      return unpackNew(stamp, allowed);
    } catch (IOException | PellucidException e) {
      throw new PluginRefusal(
          "it cannot be unpacked ("
              + e
              + "); the directory for that is "
              + root
              + ", and "
              + PluginSettings.CACHE_VARIABLE
              + " names another",
          e);
    }
  }

  private Optional<String> known(ZipStamp stamp) throws IOException {
    requireOwn(root);
    return index.find(stamp);
  }

  private Unpacked unpackNew(ZipStamp stamp, Consumer<String> allowed) throws IOException {
    OwnDirectory.create(root);
    requireOwn(root);
    Path work = Files.createTempDirectory(root, TEMPORARY);
    try {
      // What is verified is a copy of which nobody else knows, and the same is then unpacked.
      Path copy = work.resolve("plugin.zip");
      Files.copy(stamp.file(), copy);
      String sha256 =
          com.google.common.io.Files.asByteSource(copy.toFile()).hash(Hashing.sha256()).toString();
      allowed.accept(sha256);
      Path directory = root.resolve(sha256);
      while (!DirectoriesInUse.add(directory)) {
        Path fresh = Files.createDirectory(work.resolve(UUID.randomUUID().toString()));
        unpacker.unpack(copy, fresh);
        Files.write(fresh.resolve(DirectoriesInUse.LOCK), new byte[0]);
        moveUnlessThere(fresh, directory);
      }
      index.put(stamp, sha256);
      prune();
      return new Unpacked(directory, sha256);
    } finally {
      delete(work);
    }
  }

  /** Another process may have been faster; what it made is the same. */
  private static void moveUnlessThere(Path fresh, Path directory) throws IOException {
    try {
      Files.move(fresh, directory, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    }
  }

  /** Whatever goes wrong here, as when another process does the same, can wait. */
  private void prune() {
    try (Stream<Path> entries = Files.list(root)) {
      Set<String> wanted = index.prune();
      for (Path entry : entries.toList()) {
        String name = entry.getFileName().toString();
        if (name.startsWith(TEMPORARY) && isAbandoned(entry)) {
          delete(entry);
        } else if (name.matches("[0-9a-f]{64}") && !wanted.contains(name)) {
          Path away = root.resolve(TEMPORARY + UUID.randomUUID());
          if (DirectoriesInUse.moveUnused(entry, away)) {
            LOG.debug("Removes {}, which belongs to no plugin any more", entry);
            delete(away);
          }
        }
      }
    } catch (IOException e) {
      LOG.debug("Did not look for unpacked plugins that nobody needs", e);
    }
  }

  private static boolean isAbandoned(Path entry) {
    try {
      FileTime modified = Files.getLastModifiedTime(entry);
      return modified.toInstant().isBefore(Instant.now().minus(ABANDONED));
    } catch (IOException e) {
      return false; // It has just gone.
    }
  }

  private static void delete(Path directory) {
    try {
      OwnDirectory.delete(directory);
    } catch (IOException e) {
      LOG.debug("Could not remove {}", directory, e);
    }
  }

  /** Who can write there decides what runs. */
  private static void requireOwn(Path directory) throws IOException {
    Optional<String> objection = OwnDirectory.objection(directory);
    if (objection.isPresent()) {
      throw new PluginRefusal(
          "the directory in which plugins are unpacked, "
              + directory
              + ", "
              + objection.get()
              + ", or name another by "
              + PluginSettings.CACHE_VARIABLE);
    }
  }
}
