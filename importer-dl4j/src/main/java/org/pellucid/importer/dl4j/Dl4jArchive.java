package org.pellucid.importer.dl4j;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.pellucid.graph.MalformedInputException;

/**
 * The zip in which DL4J keeps a network. Two entries are read, by their names: the configuration
 * and the weights. Whatever else lies in it (the updater's state, normalizers and preprocessors,
 * some of them serialised Java objects) is never touched, and nothing is unpacked to disk.
 */
final class Dl4jArchive implements AutoCloseable {
  private static final String CONFIGURATION = "configuration.json";
  private static final String COEFFICIENTS = "coefficients.bin";
  private static final String NO_PARAMETERS = "noParams.marker";
  private static final Set<String> KNOWN =
      Set.of(
          CONFIGURATION,
          COEFFICIENTS,
          NO_PARAMETERS,
          "updaterState.bin",
          "normalizer.bin",
          "preprocessor.bin");

  private static final int MOST_ENTRIES = 1000;

  /** The configuration of ResNet-50 has a quarter of a megabyte. */
  private static final int LONGEST_CONFIGURATION = 8 << 20;

  /** Deflate packs at most 258 bytes into 2 bits. */
  private static final long LARGEST_RATIO = 1032;

  private final ZipFile zip;

  private Dl4jArchive(ZipFile zip) {
    this.zip = zip;
  }

  /** Whether a file is such a zip, judged by its first entry or its list of entries. */
  static boolean looksLike(Path file) {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try {
      byte[] start;
      try (InputStream in = Files.newInputStream(file)) {
        start = in.readNBytes(64);
      }
      if (start.length < 4 || start[0] != 'P' || start[1] != 'K') {
        return false;
      }
      if (start[2] == 3 && start[3] == 4 && KNOWN.contains(firstName(start))) {
        return true;
      }
      try (ZipFile zip = new ZipFile(file.toFile())) {
        return zip.getEntry(CONFIGURATION) != null
            && (zip.getEntry(COEFFICIENTS) != null || zip.getEntry(NO_PARAMETERS) != null);
      }
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }

  /** The name in the header of the first entry. */
  private static String firstName(byte[] start) {
    if (start.length < 30) {
      return "";
    }
    int length = (start[26] & 0xff) | (start[27] & 0xff) << 8;
    return 30 + length > start.length ? "" : new String(start, 30, length, StandardCharsets.UTF_8);
  }

  /**
   * Opens a file.
   *
   * @throws MalformedInputException if it is no zip, or has too many entries
   */
  static Dl4jArchive open(Path file) throws IOException {
    ZipFile zip;
    try {
      zip = new ZipFile(file.toFile());
    } catch (IllegalArgumentException e) {
      throw new MalformedInputException("\"" + file + "\" is no zip: " + e.getMessage(), e);
    }
    int entries = zip.size();
    if (entries > MOST_ENTRIES) {
      zip.close();
      throw new MalformedInputException(
          "\"" + file + "\" has " + entries + " entries, a network of DL4J has about three");
    }
    return new Dl4jArchive(zip);
  }

  /** The network's configuration. */
  Settings configuration() throws IOException {
    try (InputStream in = zip.getInputStream(entry(CONFIGURATION))) {
      byte[] text = in.readNBytes(LONGEST_CONFIGURATION + 1);
      if (text.length > LONGEST_CONFIGURATION) {
        throw new MalformedInputException(
            CONFIGURATION + " is longer than " + (LONGEST_CONFIGURATION >> 20) + " MiB");
      }
      return Settings.parse(text, CONFIGURATION);
    }
  }

  /** The network's weights, of which nothing but the header is read yet. */
  Coefficients coefficients() throws IOException {
    if (zip.getEntry(COEFFICIENTS) == null && zip.getEntry(NO_PARAMETERS) != null) {
      return Coefficients.none();
    }
    ZipEntry entry = entry(COEFFICIENTS);
    long most =
        entry.getCompressedSize() > Long.MAX_VALUE / LARGEST_RATIO
            ? Long.MAX_VALUE
            : entry.getCompressedSize() * LARGEST_RATIO + LARGEST_RATIO;
    return Coefficients.of(
        new DataInputStream(new BufferedInputStream(zip.getInputStream(entry), 1 << 16)), most);
  }

  /** Whether inputs were scaled by a normalizer that the file keeps beside the network. */
  boolean hasNormalizer() {
    return zip.getEntry("normalizer.bin") != null || zip.getEntry("preprocessor.bin") != null;
  }

  private ZipEntry entry(String name) {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null || entry.isDirectory()) {
      throw new MalformedInputException("The zip has no entry " + name);
    }
    return entry;
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
