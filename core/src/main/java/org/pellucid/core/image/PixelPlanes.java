package org.pellucid.core.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * Takes a decoded image apart into planes of red, green and blue.
 *
 * <p>{@link BufferedImage#getRGB} would be simpler and wrong: Java takes grey values for linear
 * light and brightens them, and it drops all but the upper 8 bits.
 */
final class PixelPlanes {
  private static final float WHITE = 255;

  private final BufferedImage image;
  private final Orientation orientation;

  private PixelPlanes(BufferedImage image, Orientation orientation) {
    this.image = image;
    this.orientation = orientation;
  }

  static SourceImage of(BufferedImage image, Orientation orientation) {
    return new PixelPlanes(image, orientation).read();
  }

  private SourceImage read() {
    ColorModel colours = image.getColorModel();
    if (colours instanceof ComponentColorModel components && isPlain(components)) {
      return components.hasAlpha() || components.getComponentSize(0) > 8
          ? samples(components)
          : bytes(components.getNumComponents());
    }
    if (colours instanceof IndexColorModel palette) {
      int[] table = new int[palette.getMapSize()];
      palette.getRGBs(table);
      return packed(colours.hasAlpha(), (y, row) -> look(table, y, row));
    }
    return packed(
        colours.hasAlpha(), (y, row) -> image.getRGB(0, y, row.length, 1, row, 0, row.length));
  }

  /** Whether the raster holds unsigned grey or RGB values, all of one width, perhaps with alpha. */
  private static boolean isPlain(ComponentColorModel colours) {
    int space = colours.getColorSpace().getType();
    int type = colours.getTransferType();
    int bits = colours.getComponentSize(0);
    for (int size : colours.getComponentSize()) {
      if (size != bits) {
        return false;
      }
    }
    return (space == ColorSpace.TYPE_GRAY || space == ColorSpace.TYPE_RGB)
        && ((type == DataBuffer.TYPE_BYTE && bits == 8)
            || (type == DataBuffer.TYPE_USHORT && bits <= 16));
  }

  /** Opaque samples of 8 bits: they stay bytes. */
  private SourceImage bytes(int bands) {
    Layout layout = new Layout();
    byte[][] planes = new byte[SourceImage.CHANNELS][layout.size()];
    Raster raster = image.getRaster();
    int[] row = new int[layout.width * bands];
    for (int y = 0; y < layout.height; y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, layout.width, 1, row);
      int to = layout.rowStart(y);
      for (int x = 0; x < layout.width; x++, to += layout.columnStep) {
        for (int channel = 0; channel < planes.length; channel++) {
          planes[channel][to] = (byte) row[x * bands + (bands == 1 ? 0 : channel)];
        }
      }
    }
    return SourceImage.ofBytes(layout.displayedWidth(), layout.displayedHeight(), planes);
  }

  /** Samples of more than 8 bits or with alpha. */
  private SourceImage samples(ComponentColorModel colours) {
    Layout layout = new Layout();
    float[][] planes = new float[SourceImage.CHANNELS][layout.size()];
    Raster raster = image.getRaster();
    int bands = colours.getNumComponents();
    boolean grey = colours.getNumColorComponents() == 1;
    boolean alpha = colours.hasAlpha();
    boolean premultiplied = colours.isAlphaPremultiplied();
    // Exact for 8 bits; a 16-bit value v becomes v / 257.
    float most = (1 << colours.getComponentSize(0)) - 1;
    int[] row = new int[layout.width * bands];
    for (int y = 0; y < layout.height; y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, layout.width, 1, row);
      int to = layout.rowStart(y);
      for (int x = 0; x < layout.width; x++, to += layout.columnStep) {
        float cover = alpha ? row[x * bands + bands - 1] / most : 1;
        for (int channel = 0; channel < planes.length; channel++) {
          float value = row[x * bands + (grey ? 0 : channel)] * WHITE / most;
          planes[channel][to] = overWhite(premultiplied ? value : value * cover, cover);
        }
      }
    }
    return SourceImage.ofFloats(layout.displayedWidth(), layout.displayedHeight(), planes);
  }

  private static float overWhite(float covered, float cover) {
    return Math.min(WHITE, covered + WHITE * (1 - cover));
  }

  /** Reads a row of pixels as {@code 0xAARRGGBB}. */
  @FunctionalInterface
  private interface PackedRows {
    void read(int y, int[] row);
  }

  private SourceImage packed(boolean alpha, PackedRows rows) {
    Layout layout = new Layout();
    byte[][] bytes = alpha ? null : new byte[SourceImage.CHANNELS][layout.size()];
    float[][] floats = alpha ? new float[SourceImage.CHANNELS][layout.size()] : null;
    int[] row = new int[layout.width];
    for (int y = 0; y < layout.height; y++) {
      rows.read(y, row);
      int to = layout.rowStart(y);
      for (int x = 0; x < layout.width; x++, to += layout.columnStep) {
        float cover = (row[x] >>> 24) / WHITE;
        for (int channel = 0; channel < SourceImage.CHANNELS; channel++) {
          int value = row[x] >> (16 - 8 * channel) & 0xff;
          if (alpha) {
            floats[channel][to] = overWhite(value * cover, cover);
          } else {
            bytes[channel][to] = (byte) value;
          }
        }
      }
    }
    return alpha
        ? SourceImage.ofFloats(layout.displayedWidth(), layout.displayedHeight(), floats)
        : SourceImage.ofBytes(layout.displayedWidth(), layout.displayedHeight(), bytes);
  }

  private void look(int[] table, int y, int[] row) {
    Raster raster = image.getRaster();
    raster.getSamples(raster.getMinX(), raster.getMinY() + y, row.length, 1, 0, row);
    for (int x = 0; x < row.length; x++) {
      // Damaged files have indices beyond their palette.
      row[x] = row[x] < table.length ? table[row[x]] : 0xff000000;
    }
  }

  /** Where stored pixels lie among the displayed ones. */
  private final class Layout {
    final int width = image.getWidth();
    final int height = image.getHeight();
    final int columnStep = orientation.columnStep(width, height);

    int size() {
      return Math.multiplyExact(width, height);
    }

    int rowStart(int y) {
      return orientation.origin(width, height) + y * orientation.rowStep(width, height);
    }

    int displayedWidth() {
      return orientation.displayedWidth(width, height);
    }

    int displayedHeight() {
      return orientation.displayedHeight(width, height);
    }
  }
}
