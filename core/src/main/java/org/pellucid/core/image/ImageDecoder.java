package org.pellucid.core.image;

import java.awt.image.BufferedImage;
import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.pellucid.graph.MalformedInputException;

/** Reads image files through ImageIO, with the bounds and messages that ImageIO lacks. */
final class ImageDecoder {
  static {
    // ImageIO looks for plugins with the context class loader of whoever comes first, which in an
    // application with several class loaders may not see the plugins that came with this class.
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try {
      thread.setContextClassLoader(ImageDecoder.class.getClassLoader());
      ImageIO.scanForPlugins();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private final Path file;
  private boolean cutOff;

  private ImageDecoder(Path file) {
    this.file = file;
  }

  static SourceImage decode(Path file) {
    return new ImageDecoder(file).decode();
  }

  private SourceImage decode() {
    if (!Files.isRegularFile(file)) {
      throw new MalformedInputException(
          "The image " + file + (Files.exists(file) ? " is not a file" : " does not exist"));
    }
    ImageFormat format = format();
    try (ImageInputStream in = open(format)) {
      ImageReader reader = reader(format, in);
      try {
        return decode(format, reader, in);
      } finally {
        reader.dispose();
      }
    } catch (MalformedInputException e) {
      throw e;
    } catch (OutOfMemoryError e) {
      throw new MalformedInputException(
          "The image "
              + file
              + " does not fit into the "
              + (Runtime.getRuntime().maxMemory() >> 20)
              + " MiB that Java may use; raise them with -Xmx or make the image smaller");
    } catch (IOException | RuntimeException e) {
      // ImageIO's readers answer damaged files with all kinds of unchecked exceptions.
      throw new MalformedInputException(
          "The image " + file + " is damaged " + format + ": " + reason(e), e);
    }
  }

  private ImageFormat format() {
    byte[] first;
    try (InputStream in = Files.newInputStream(file)) {
      first = in.readNBytes(ImageFormat.SIGNATURE);
    } catch (IOException e) {
      throw new MalformedInputException(
          "The image " + file + " could not be read: " + reason(e), e);
    }
    if (first.length == 0) {
      throw new MalformedInputException("The image " + file + " is empty; " + ImageFormat.WORKING);
    }
    return ImageFormat.of(first)
        .orElseThrow(
            () ->
                new MalformedInputException(
                    "The file "
                        + file
                        + " is no image that can be read; "
                        + ImageFormat.WORKING
                        + "; "
                        + ImageFormat.guess(first)));
  }

  /** Opens the file without the temporary file that ImageIO would make by default. */
  private ImageInputStream open(ImageFormat format) throws IOException {
    ColourProfile profile = ColourProfile.find(file, format);
    if (profile.isUnwanted()) {
      return new MemoryCacheImageInputStream(profile.hide());
    }
    File local;
    try {
      local = file.toFile();
    } catch (UnsupportedOperationException e) {
      return new MemoryCacheImageInputStream(Files.newInputStream(file));
    }
    return new FileImageInputStream(local);
  }

  private ImageReader reader(ImageFormat format, ImageInputStream in) {
    Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
    if (!readers.hasNext()) {
      throw new MalformedInputException(
          "The image "
              + file
              + " is "
              + format
              + " of a kind that cannot be read; "
              + ImageFormat.WORKING);
    }
    ImageReader reader = readers.next();
    reader.addIIOReadWarningListener((source, warning) -> noteWarning(warning));
    return reader;
  }

  /** Most warnings tell of harmless oddities; these mean that a part of the image is missing. */
  private void noteWarning(String warning) {
    cutOff |= warning.contains("remature end") || warning.contains("Missing EOI");
  }

  private SourceImage decode(ImageFormat format, ImageReader reader, ImageInputStream in)
      throws IOException {
    // Metadata is skipped where it can be: a few bytes of it can unpack to gigabytes.
    reader.setInput(in, false, true);
    int width = reader.getWidth(0);
    int height = reader.getHeight(0);
    checkSize(width, height);
    GifScreen screen = null;
    if (format == ImageFormat.GIF) {
      screen = gifScreen();
      checkSize(screen.width(), screen.height());
    }
    if (format == ImageFormat.WEBP) {
      checkRiff(in);
    }
    checkMemory(reader, width, height);
    BufferedImage image = reader.read(0);
    if (cutOff) {
      throw new EOFException("the file ends before the image does");
    }
    Orientation orientation = ExifOrientation.read(file, format);
    return PixelPlanes.of(screen == null ? image : screen.place(image), orientation);
  }

  private GifScreen gifScreen() throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return GifScreen.read(in);
    }
  }

  /** The reader takes zeros for what is missing; the length in the header tells. */
  private void checkRiff(ImageInputStream in) throws IOException {
    in.seek(4);
    in.setByteOrder(ByteOrder.LITTLE_ENDIAN);
    long end = in.readUnsignedInt() + 8;
    if (Files.size(file) < end) {
      throw new EOFException("the file ends before the image does");
    }
    in.seek(0);
  }

  private void checkSize(int width, int height) {
    if (width < 1 || height < 1) {
      throw new MalformedInputException(
          "The image " + file + " claims a size of " + width + " x " + height + " pixels");
    }
    if ((long) width * height > SourceImage.MOST_PIXELS
        || Math.max(width, height) > SourceImage.LONGEST_SIDE) {
      throw new MalformedInputException(
          "The image "
              + file
              + " has "
              + width
              + " x "
              + height
              + " pixels; up to "
              + SourceImage.MOST_PIXELS / 1_000_000
              + " million in all and "
              + SourceImage.LONGEST_SIDE
              + " a side work");
    }
  }

  /** Refuses what cannot fit even into an empty heap, before the reader fills it. */
  private void checkMemory(ImageReader reader, int width, int height) throws IOException {
    Iterator<ImageTypeSpecifier> types = reader.getImageTypes(0);
    if (!types.hasNext()) {
      return;
    }
    ImageTypeSpecifier type = types.next();
    long bits = 0;
    for (int band = 0; band < type.getNumBands(); band++) {
      bits += type.getBitsPerBand(band);
    }
    boolean bytes = !type.getColorModel().hasAlpha() && type.getBitsPerBand(0) <= 8;
    long planes = SourceImage.CHANNELS * (bytes ? 1L : Float.BYTES);
    if ((long) width * height * (bits / 8 + planes) > Runtime.getRuntime().maxMemory()) {
      throw new OutOfMemoryError();
    }
  }

  private static String reason(Exception e) {
    Throwable cause = e;
    // An IIOException often only says that something went wrong; its cause says what.
    while (cause instanceof IIOException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof EOFException) {
      return "it ends too early";
    }
    String message = cause.getMessage();
    return message == null || message.isBlank()
        ? "its parts contradict each other"
        : message.lines().findFirst().orElse(message);
  }
}
