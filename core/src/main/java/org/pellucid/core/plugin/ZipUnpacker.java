package org.pellucid.core.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Enumeration;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Unpacks a zip from a stranger: nothing lands outside of the directory, and no more is written
 * than a plugin of that size can be expected to hold.
 *
 * @param mostEntries files and directories at most
 * @param mostBytes of all files at most
 * @param mostGrowth bytes of all files to a byte of the zip at most
 * @param alwaysBytes that are allowed whatever the growth
 */
record ZipUnpacker(int mostEntries, long mostBytes, long mostGrowth, long alwaysBytes) {
  /** Jars are compressed already, so that a plugin does not grow when it is unpacked. */
  static final ZipUnpacker STANDARD = new ZipUnpacker(10_000, 4L << 30, 50, 16 << 20);

  /**
   * Unpacks all files, written through to the disk.
   *
   * @param into an empty directory
   * @throws PluginRefusal if the zip is damaged or not decent
   * @throws IOException if the files cannot be written
   */
  void unpack(Path zip, Path into) throws IOException {
    long limit = Math.min(mostBytes, Math.max(alwaysBytes, mostGrowth * Files.size(zip)));
    try (ZipFile source = new ZipFile(zip.toFile())) {
      if (source.size() > mostEntries) {
        throw new PluginRefusal(
            "the zip has " + source.size() + " entries, and at most " + mostEntries + " may be");
      }
      long written = 0;
      Enumeration<? extends ZipEntry> entries = source.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        Path target = target(into, entry.getName());
        if (entry.isDirectory()) {
          Files.createDirectories(target);
        } else {
          Files.createDirectories(target.getParent());
          try (InputStream content = source.getInputStream(entry)) {
            written += copy(content, target, limit - written);
          }
        }
      }
    } catch (ZipException e) {
      throw new PluginRefusal("the zip is damaged (" + e.getMessage() + ")", e);
    } catch (FileAlreadyExistsException e) {
      throw new PluginRefusal("the zip has two entries for one file", e);
    }
  }

  private static Path target(Path into, String name) {
    String path = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
    for (String part : path.split("/", -1)) {
      boolean odd = part.chars().anyMatch(c -> c < ' ' || c == '\\' || c == ':' || c == 0x7f);
      if (part.isBlank() || List.of(".", "..").contains(part) || odd) {
        throw new PluginRefusal(
            "the zip has an entry \""
                + name.replaceAll("\\p{Cntrl}", "?")
                + "\", which is no plain path below the plugin's directory");
      }
    }
    return into.resolve(path);
  }

  private static long copy(InputStream content, Path target, long most) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long total = 0;
    try (FileChannel out =
        FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
        total += read;
        if (total > most) {
          throw new PluginRefusal(
              "unpacked, the zip is larger than a plugin of its size can be expected to be");
        }
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, read);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
      }
      out.force(true);
    }
    return total;
  }
}
