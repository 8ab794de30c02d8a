package org.pellucid.core.image;

import java.awt.Rectangle;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Region;

/**
 * Where the pixels of an image lie in a network's input. The image, as displayed (its EXIF
 * orientation applied), is scaled to {@code resizedWidth x resizedHeight} and laid with its upper
 * left corner at {@code (left, top)} of the input. With continuous coordinates, in which pixel
 * {@code i} reaches from {@code i} to {@code i + 1}:
 *
 * <pre>{@code inputX = imageX * resizedWidth / imageWidth + left }</pre>
 *
 * @param imageWidth width of the image as displayed
 * @param imageHeight height of the image as displayed
 * @param inputWidth width of the input
 * @param inputHeight height of the input
 * @param resizedWidth width of the scaled image
 * @param resizedHeight height of the scaled image
 * @param left column of the input at which the scaled image begins; negative where it is cropped
 * @param top row of the input at which the scaled image begins; negative where it is cropped
 */
public record Geometry(
    int imageWidth,
    int imageHeight,
    int inputWidth,
    int inputHeight,
    int resizedWidth,
    int resizedHeight,
    int left,
    int top) {

  /** All lengths are positive, and the scaled image lies over a part of the input. */
  public Geometry {
    if (Math.min(Math.min(imageWidth, imageHeight), Math.min(inputWidth, inputHeight)) < 1
        || Math.min(resizedWidth, resizedHeight) < 1
        || left >= inputWidth
        || top >= inputHeight
        || (long) left + resizedWidth <= 0
        || (long) top + resizedHeight <= 0) {
      throw new IllegalArgumentException("The scaled image lies outside of the input");
    }
  }

  /**
   * The geometry of an image that becomes an input.
   *
   * <p>{@link Preset.Resize#CROP}: one side gets the input's length, the other is rounded down, and
   * the offset of the crop rounds half to even, all as torchvision does. {@link Preset.Resize#FIT}:
   * the other side is rounded half up to at least 1, and the wider margin lies right or below.
   */
  public static Geometry of(
      Preset.Resize resize, int imageWidth, int imageHeight, int inputWidth, int inputHeight) {
    if (resize == Preset.Resize.STRETCH) {
      return new Geometry(
          imageWidth, imageHeight, inputWidth, inputHeight, inputWidth, inputHeight, 0, 0);
    }
    boolean crop = resize == Preset.Resize.CROP;
    // Whether the image, next to the input, is wider.
    boolean wider = (long) imageWidth * inputHeight > (long) imageHeight * inputWidth;
    int width = inputWidth;
    int height = inputHeight;
    if (wider == crop) {
      width = scaled(crop, inputHeight, imageWidth, imageHeight);
    } else {
      height = scaled(crop, inputWidth, imageHeight, imageWidth);
    }
    int left = crop ? -offset(width - inputWidth) : (inputWidth - width) / 2;
    int top = crop ? -offset(height - inputHeight) : (inputHeight - height) / 2;
    return new Geometry(imageWidth, imageHeight, inputWidth, inputHeight, width, height, left, top);
  }

  private static int scaled(boolean crop, int length, int side, int otherSide) {
    double exact = (double) length * side / otherSide;
    long rounded = crop ? (long) length * side / otherSide : Math.max(1, Math.round(exact));
    if (rounded > Integer.MAX_VALUE) {
      throw new InvalidRequestException(
          "An image whose sides are "
              + side
              + " and "
              + otherSide
              + " pixels is too narrow to be cropped; resize \"stretch\" or \"fit\" works");
    }
    return (int) rounded;
  }

  private static int offset(int excess) {
    return (int) Math.rint(Math.max(0, excess) / 2.0);
  }

  /**
   * The pixels of the image that the input covers, at least in part. All of the image unless it is
   * cropped.
   */
  public Rectangle covered() {
    int x0 = Math.max(0, floor(-left, imageWidth, resizedWidth));
    int y0 = Math.max(0, floor(-top, imageHeight, resizedHeight));
    int x1 = Math.min(imageWidth, ceil(inputWidth - left, imageWidth, resizedWidth));
    int y1 = Math.min(imageHeight, ceil(inputHeight - top, imageHeight, resizedHeight));
    return new Rectangle(x0, y0, x1 - x0, y1 - y0);
  }

  /**
   * The pixels of the input that a rectangle of the image lies on, at least in part.
   *
   * @param x first column of the image as displayed, from 0
   * @param y first row of the image as displayed, from 0
   * @param width columns, at least 1
   * @param height rows, at least 1
   * @throws InvalidRequestException if the rectangle reaches out of the image, or out of the part
   *     of it that the input covers; nothing is clipped but parts of pixels on the crop's edge
   */
  public Region toInput(int x, int y, int width, int height) {
    String asked = "The " + width + " x " + height + " pixels at " + x + ", " + y;
    Rectangle image = new Rectangle(0, 0, imageWidth, imageHeight);
    if (width < 1 || height < 1 || !contains(image, x, y, width, height)) {
      throw new InvalidRequestException(
          asked
              + " were asked for; the image has pixels 0 to "
              + (imageWidth - 1)
              + " by 0 to "
              + (imageHeight - 1)
              + ", and a rectangle has at least one");
    }
    Rectangle covered = covered();
    if (!contains(covered, x, y, width, height)) {
      throw new InvalidRequestException(
          asked
              + " were asked for; after cropping, the network sees pixels "
              + covered.x
              + " to "
              + (covered.x + covered.width - 1)
              + " by "
              + covered.y
              + " to "
              + (covered.y + covered.height - 1)
              + "; ask within them, or resize by \"stretch\" or \"fit\"");
    }
    int x0 = Math.max(0, floor(x, resizedWidth, imageWidth) + left);
    int y0 = Math.max(0, floor(y, resizedHeight, imageHeight) + top);
    int x1 = Math.min(inputWidth, ceil(x + width, resizedWidth, imageWidth) + left);
    int y1 = Math.min(inputHeight, ceil(y + height, resizedHeight, imageHeight) + top);
    return Region.pixels(y0, x0, y1 - y0, x1 - x0);
  }

  private static boolean contains(Rectangle outer, int x, int y, int width, int height) {
    return x >= outer.x
        && y >= outer.y
        && (long) x + width <= outer.x + outer.width
        && (long) y + height <= outer.y + outer.height;
  }

  /** The column of the input under a column of the image, in continuous coordinates. */
  public double inputX(double imageX) {
    return imageX * resizedWidth / imageWidth + left;
  }

  /** The row of the input under a row of the image, in continuous coordinates. */
  public double inputY(double imageY) {
    return imageY * resizedHeight / imageHeight + top;
  }

  /** The column of the image over a column of the input, in continuous coordinates. */
  public double imageX(double inputX) {
    return (inputX - left) * imageWidth / resizedWidth;
  }

  /** The row of the image over a row of the input, in continuous coordinates. */
  public double imageY(double inputY) {
    return (inputY - top) * imageHeight / resizedHeight;
  }

  private static int floor(int position, int to, int from) {
    return Math.toIntExact(Math.floorDiv((long) position * to, (long) from));
  }

  private static int ceil(int position, int to, int from) {
    return Math.toIntExact(-Math.floorDiv(-(long) position * to, (long) from));
  }
}
