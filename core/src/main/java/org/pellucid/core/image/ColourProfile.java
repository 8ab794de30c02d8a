package org.pellucid.core.image;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Hides a file's profile of colours from ImageIO's readers of JPEG and WebP. They would apply it,
 * and so change the values that networks are trained with. The parts of the file that hold it are
 * renamed on the way to the reader. Profiles for inks stay: without them CMYK is a guess.
 *
 * <p>The reader of PNG takes no notice of profiles.
 */
final class ColourProfile {
  private static final byte[] JPEG_NAME = "ICC_PROFILE\0".getBytes(StandardCharsets.ISO_8859_1);
  private static final int APP2 = 0xe2;
  private static final int START_OF_SCAN = 0xda;
  private static final int INKS = 4;

  private final Path file;
  private final List<Long> names;

  private ColourProfile(Path file, List<Long> names) {
    this.file = file;
    this.names = names;
  }

  /** Finds the profile of a file; a damaged file has none. */
  static ColourProfile find(Path file, ImageFormat format) throws IOException {
    List<Long> names = new ArrayList<>();
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      switch (format) {
        case JPEG -> findInJpeg(in, names);
        case WEBP -> findInWebp(in, names);
        case PNG, GIF, BMP -> {}
      }
    } catch (EOFException e) {
      // The reader will find out, and say so.
    }
    return new ColourProfile(file, names);
  }

  /** Whether there is a profile that a reader would apply and should not. */
  boolean isUnwanted() {
    return !names.isEmpty();
  }

  /** Opens the file with its profile hidden. */
  InputStream hide() throws IOException {
    return new Renaming(Files.newInputStream(file), names);
  }

  /** Walks the segments before the image data (ITU-T T.81, annex B). */
  private static void findInJpeg(DataInputStream in, List<Long> names) throws IOException {
    in.readShort();
    long position = 2;
    while (in.readUnsignedByte() == 0xff) {
      int marker = in.readUnsignedByte();
      position += 2;
      while (marker == 0xff) {
        marker = in.readUnsignedByte();
        position++;
      }
      if (marker == START_OF_SCAN) {
        return;
      }
      byte[] content = in.readNBytes(Math.max(0, in.readUnsignedShort() - 2));
      position += 2;
      if (marker == APP2
          && content.length > JPEG_NAME.length
          && Arrays.equals(content, 0, JPEG_NAME.length, JPEG_NAME, 0, JPEG_NAME.length)) {
        names.add(position);
      }
      if (isFrame(marker) && content.length > 5 && content[5] == INKS) {
        names.clear();
        return;
      }
      position += content.length;
    }
  }

  /** Whether a marker begins a frame header: SOF0 to SOF15, among which three others lie. */
  private static boolean isFrame(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }

  /** Looks behind the header of an extended file, where a profile has to stand (RFC 9649, 2.7). */
  private static void findInWebp(DataInputStream in, List<Long> names) throws IOException {
    byte[] head = in.readNBytes(34);
    String text = new String(head, StandardCharsets.ISO_8859_1);
    if (text.startsWith("VP8X", 12) && text.startsWith("ICCP", 30)) {
      names.add(30L);
    }
  }

  /** Overwrites the first letters of names. */
  private static final class Renaming extends FilterInputStream {
    private final List<Long> names;
    private long position;

    Renaming(InputStream in, List<Long> names) {
      super(in);
      this.names = names;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int count = super.read(target, offset, length);
      for (long at : names) {
        if (at >= position && at < position + count) {
          target[offset + (int) (at - position)] = 'X';
        }
      }
      position += Math.max(0, count);
      return count;
    }

    @Override
    public long skip(long count) throws IOException {
      long skipped = super.skip(count);
      position += skipped;
      return skipped;
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
