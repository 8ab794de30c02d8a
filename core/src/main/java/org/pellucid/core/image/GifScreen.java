package org.pellucid.core.image;

import java.awt.AlphaComposite;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * The screen that the frames of a GIF are placed on (GIF89a specification, sections 18 and 20). The
 * first frame may cover a part of it only; the rest is transparent.
 *
 * @param width of the screen, at least as far as the first frame reaches
 * @param height likewise
 * @param left column of the frame
 * @param top row of the frame
 * @param whole whether the frame covers the screen
 */
record GifScreen(int width, int height, int left, int top, boolean whole) {
  private static final int EXTENSION = 0x21;
  private static final int IMAGE = 0x2c;

  /**
   * Reads a file up to the end of its first frame. Java's reader fills up a frame that is cut off
   * and says nothing.
   *
   * @throws EOFException if the file ends before
   */
  static GifScreen read(InputStream in) throws IOException {
    DataInputStream data = new DataInputStream(new BufferedInputStream(in));
    skip(data, 6);
    int screenWidth = unsignedShort(data);
    int screenHeight = unsignedShort(data);
    int flags = data.readUnsignedByte();
    skip(data, 2 + paletteBytes(flags));
    int block = data.readUnsignedByte();
    while (block == EXTENSION) {
      skip(data, 1);
      skipSubBlocks(data);
      block = data.readUnsignedByte();
    }
    if (block != IMAGE) {
      throw new IOException("it has no frame");
    }
    int left = unsignedShort(data);
    int top = unsignedShort(data);
    int right = left + unsignedShort(data);
    int bottom = top + unsignedShort(data);
    skip(data, paletteBytes(data.readUnsignedByte()) + 1);
    skipSubBlocks(data);
    int width = Math.max(right, screenWidth);
    int height = Math.max(bottom, screenHeight);
    boolean whole = left == 0 && top == 0 && right == width && bottom == height;
    return new GifScreen(width, height, left, top, whole);
  }

  /** The bytes of a palette that is announced by the flags before it. */
  private static int paletteBytes(int flags) {
    return (flags & 0x80) == 0 ? 0 : 3 << (flags & 7) + 1;
  }

  private static int unsignedShort(DataInputStream data) throws IOException {
    return data.readUnsignedByte() | data.readUnsignedByte() << 8;
  }

  private static void skipSubBlocks(DataInputStream data) throws IOException {
    for (int length = data.readUnsignedByte(); length > 0; length = data.readUnsignedByte()) {
      skip(data, length);
    }
  }

  private static void skip(DataInputStream data, int bytes) throws IOException {
    if (data.readNBytes(bytes).length < bytes) {
      throw new EOFException("the file ends within its first frame");
    }
  }

  /** The screen with the frame on it; the frame itself where it covers all. */
  BufferedImage place(BufferedImage image) {
    if (whole) {
      return image;
    }
    BufferedImage placed = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = placed.createGraphics();
    graphics.setComposite(AlphaComposite.Src);
    graphics.drawImage(image, left, top, null);
    graphics.dispose();
    return placed;
  }
}
