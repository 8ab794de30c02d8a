package org.pellucid.it.hostile;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes files that are small on the disk and large when somebody believes them. */
final class HostileFiles {
  private final Path folder;

  HostileFiles(Path folder) {
    this.folder = folder;
  }

  Path write(String name, byte... content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  /** A file of zeros that takes no room. */
  Path sparse(String name, long bytes) throws IOException {
    Path file = folder.resolve(name);
    try (RandomAccessFile zeros = new RandomAccessFile(file.toFile(), "rw")) {
      zeros.setLength(bytes);
    }
    return file;
  }

  /** A black PNG: every pixel is there, packed, up to 300 MB of them. */
  Path png(String name, int width, int height) throws IOException {
    try (OutputStream file = Files.newOutputStream(folder.resolve(name));
        DataOutputStream out = new DataOutputStream(file)) {
      out.writeLong(0x89504e470d0a1a0aL);
      ByteArrayOutputStream header = new ByteArrayOutputStream();
      DataOutputStream fields = new DataOutputStream(header);
      fields.writeInt(width);
      fields.writeInt(height);
      fields.write(new byte[] {8, 2, 0, 0, 0});
      chunk(out, "IHDR", header.toByteArray());
      chunk(out, "IDAT", zeros(Math.min(300_000_000, (3L * width + 1) * height)));
      chunk(out, "IEND", new byte[0]);
    }
    return folder.resolve(name);
  }

  private static byte[] zeros(long count) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater =
        new DeflaterOutputStream(packed, new Deflater(Deflater.BEST_SPEED), 1 << 16)) {
      byte[] piece = new byte[1 << 20];
      for (long left = count; left > 0; left -= piece.length) {
        deflater.write(piece, 0, (int) Math.min(piece.length, left));
      }
    }
    return packed.toByteArray();
  }

  private static void chunk(DataOutputStream out, String type, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(type.getBytes(StandardCharsets.ISO_8859_1));
    crc.update(content);
    out.writeInt(content.length);
    out.writeBytes(type);
    out.write(content);
    out.writeInt((int) crc.getValue());
  }

  /** A zip with one entry of many zeros. */
  Path zip(String name, String entry, long bytes) throws IOException {
    Path file = folder.resolve(name);
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setLevel(Deflater.BEST_SPEED);
      zip.putNextEntry(new ZipEntry(entry));
      byte[] piece = new byte[1 << 20];
      for (long left = bytes; left > 0; left -= piece.length) {
        zip.write(piece, 0, (int) Math.min(piece.length, left));
      }
    }
    return file;
  }

  /** An array that says of itself what it likes. */
  Path npy(String name, String shape, int bytes) throws IOException {
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }";
    byte[] start =
        ("\u0093NUMPY\1\0v\0" + header + " ".repeat(117 - header.length()) + "\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    return write(name, Arrays.copyOf(start, start.length + bytes));
  }
}
