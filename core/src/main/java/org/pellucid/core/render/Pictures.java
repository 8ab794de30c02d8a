package org.pellucid.core.render;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.pellucid.core.io.AtomicFiles;

/** Writes pictures. */
public final class Pictures {
  private Pictures() {}

  /**
   * Writes a picture as PNG. Equal pictures give equal bytes: no time and no name of the software
   * is written. The file appears only when it is complete.
   *
   * @throws org.pellucid.api.InvalidRequestException if the file cannot be written
   */
  public static void writePng(BufferedImage picture, Path file) {
    AtomicFiles.write(file, out -> writePng(picture, out));
  }

  /**
   * Writes a picture as PNG to a stream, which stays open.
   *
   * @throws IOException if the stream fails
   */
  public static void writePng(BufferedImage picture, OutputStream out) throws IOException {
    Iterator<ImageWriter> writers = ImageIO.getImageWritersByFormatName("png");
    if (!writers.hasNext()) {
      throw new IOException("this Java has no writer for PNG");
    }
    ImageWriter writer = writers.next();
    // Not ImageIO.write, which would go through a temporary file of its own.
    try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
      writer.setOutput(stream);
      writer.write(new IIOImage(picture, null, null));
    } finally {
      writer.dispose();
    }
  }
}
