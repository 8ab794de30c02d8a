package org.pellucid.core.plugin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.pellucid.core.io.AtomicFiles;

/**
 * Remembers the SHA-256 of zips that were unpacked, so that a start need not read hundreds of
 * megabytes. A file per zip: its path, its stamp, its hash, a line each. What runs is always what
 * was unpacked under that hash, whatever became of the zip.
 */
final class ZipIndex {
  private final Path directory;

  ZipIndex(Path directory) {
    this.directory = directory;
  }

  /** The hash of a zip that is as it was. */
  Optional<String> find(ZipStamp stamp) {
    return read(entry(stamp.file()))
        .filter(lines -> lines.get(0).equals(stamp.file().toString()))
        .filter(lines -> lines.get(1).equals(stamp.line()))
        .map(lines -> lines.get(2));
  }

  /** Remembers a hash. */
  void put(ZipStamp stamp, String sha256) {
    String text = stamp.file() + "\n" + stamp.line() + "\n" + sha256 + "\n";
    AtomicFiles.write(entry(stamp.file()), out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** The hashes of zips that are still there as they were; forgets the others. */
  Set<String> prune() throws IOException {
    Set<String> hashes = new HashSet<>();
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path entry : entries.filter(ZipIndex::isWhole).toList()) {
        Optional<List<String>> lines = read(entry);
        if (lines.isPresent() && isAsItWas(lines.get())) {
          hashes.add(lines.get().get(2));
        } else {
          Files.deleteIfExists(entry);
        }
      }
    }
    return hashes;
  }

  /** Others may be writing, under names that begin with a dot. */
  private static boolean isWhole(Path entry) {
    return !entry.getFileName().toString().startsWith(".");
  }

  private static boolean isAsItWas(List<String> lines) {
    try {
      return ZipStamp.of(Path.of(lines.get(0))).line().equals(lines.get(1));
    } catch (IOException e) {
      return false;
    }
  }

  /** Two zips of one entry, which are hardly ever, would only have to be read again. */
  private Path entry(Path zip) {
    return directory.resolve(
        zip.getFileName() + "." + Integer.toHexString(zip.toString().hashCode()));
  }

  private static Optional<List<String>> read(Path entry) {
    try {
      List<String> lines = Files.readAllLines(entry, StandardCharsets.UTF_8);
      return Optional.of(lines)
          .filter(all -> all.size() == 3 && all.get(2).matches("[0-9a-f]{64}"));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
