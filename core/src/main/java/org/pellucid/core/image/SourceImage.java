package org.pellucid.core.image;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.nio.file.Path;

/**
 * An image as a person sees it: upright, in RGB, with transparent parts over white. Values are 0 to
 * 255, with a fraction where the file has more than 8 bits or where transparency makes one.
 * Immutable; it may be used by several threads.
 *
 * <p>RGB and grey values are those stored in the file, as in nearly every pipeline that networks
 * are trained with; an embedded profile of colours is applied to CMYK only. Grey files have three
 * equal channels.
 *
 * <pre>{@code
 * SourceImage image = SourceImage.read(Path.of("cat.jpg"));
 * float red = image.sample(0, 10, 20);
 * }</pre>
 */
public final class SourceImage {
  /** The number of channels: red, green, blue. */
  public static final int CHANNELS = 3;

  /** The most pixels that are decoded: 100 megapixels. */
  public static final long MOST_PIXELS = 100_000_000;

  /** The longest side that is decoded; JPEG and GIF have no longer ones. */
  public static final int LONGEST_SIDE = 65_535;

  private final int width;
  private final int height;

  /** One array of bytes or floats per channel, row-major; exactly one of the two is there. */
  private final byte[][] bytes;

  private final float[][] floats;

  private SourceImage(int width, int height, byte[][] bytes, float[][] floats) {
    this.width = width;
    this.height = height;
    this.bytes = bytes;
    this.floats = floats;
  }

  /** An image over planes of bytes that are given away. */
  static SourceImage ofBytes(int width, int height, byte[][] planes) {
    return new SourceImage(width, height, planes, null);
  }

  /** An image over planes of floats from 0 to 255 that are given away. */
  static SourceImage ofFloats(int width, int height, float[][] planes) {
    return new SourceImage(width, height, null, planes);
  }

  /**
   * Reads an image file: PNG, JPEG (baseline and progressive; grey, RGB, CMYK and YCCK), WebP, GIF
   * (its first frame) or BMP. The EXIF orientation is applied, in JPEG, PNG and WebP. The kind of
   * file is told by its first bytes, not by its name.
   *
   * <p>Pixels agree with those of other decoders but for rounding; only the colours of lossy WebP,
   * stored at half the resolution, are repeated here where most decoders smooth them.
   *
   * <p>The size is read from the header first: more than {@link #MOST_PIXELS} pixels, or a side of
   * more than {@link #LONGEST_SIDE}, are refused before anything is decoded. Nothing is written to
   * disk.
   *
   * @throws org.pellucid.graph.MalformedInputException if the file is missing, damaged, cut off,
   *     too large, of another kind, or does not fit into the Java heap
   */
  public static SourceImage read(Path file) {
    return ImageDecoder.decode(file);
  }

  /** A copy of an image in memory; transparent parts are put over white. */
  public static SourceImage of(BufferedImage image) {
    return PixelPlanes.of(image, Orientation.UPRIGHT);
  }

  /** Pixels in a row. */
  public int width() {
    return width;
  }

  /** Rows. */
  public int height() {
    return height;
  }

  /**
   * A value from 0 to 255.
   *
   * @param channel 0 red, 1 green, 2 blue
   * @param x column, from 0
   * @param y row, from 0
   */
  public float sample(int channel, int x, int y) {
    if (x < 0 || x >= width || y < 0 || y >= height) {
      throw new IndexOutOfBoundsException(
          "Pixel " + x + ", " + y + " of an image of " + width + " x " + height);
    }
    int index = y * width + x;
    return bytes != null ? bytes[channel][index] & 0xff : floats[channel][index];
  }

  /**
   * Copies a row of a channel, values from 0 to 255.
   *
   * @param channel 0 red, 1 green, 2 blue
   * @param y row, from 0
   * @param target at least {@link #width()} long
   */
  public void readRow(int channel, int y, float[] target) {
    int start = y * width;
    if (floats != null) {
      System.arraycopy(floats[channel], start, target, 0, width);
      return;
    }
    byte[] plane = bytes[channel];
    for (int x = 0; x < width; x++) {
      target[x] = plane[start + x] & 0xff;
    }
  }

  /** The image with 8 bits per channel, as a new {@link BufferedImage#TYPE_INT_RGB}. */
  public BufferedImage toBufferedImage() {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    int[] pixels = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
    float[] row = new float[width];
    for (int channel = 0; channel < CHANNELS; channel++) {
      int shift = 16 - 8 * channel;
      for (int y = 0; y < height; y++) {
        readRow(channel, y, row);
        for (int x = 0; x < width; x++) {
          pixels[y * width + x] |= Math.round(row[x]) << shift;
        }
      }
    }
    return image;
  }

  /** The size, as {@code 640 x 480}. */
  @Override
  public String toString() {
    return width + " x " + height;
  }
}
