package org.pellucid.core.image;

import com.drew.imaging.ImageProcessingException;
import com.drew.imaging.jpeg.JpegMetadataReader;
import com.drew.imaging.png.PngChunk;
import com.drew.imaging.png.PngChunkReader;
import com.drew.imaging.png.PngChunkType;
import com.drew.imaging.webp.WebpMetadataReader;
import com.drew.lang.ByteArrayReader;
import com.drew.lang.StreamReader;
import com.drew.metadata.Metadata;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.ExifReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the orientation that a camera has noted in a file. */
final class ExifOrientation {
  private static final Logger LOG = LoggerFactory.getLogger(ExifOrientation.class);

  private ExifOrientation() {}

  /** The orientation; upright where none is noted or the note is damaged. */
  static Orientation read(Path file, ImageFormat format) {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      Metadata metadata =
          switch (format) {
            case JPEG -> JpegMetadataReader.readMetadata(in, List.of(new ExifReader()));
            case PNG -> readPng(in);
            case WEBP -> WebpMetadataReader.readMetadata(in);
            case GIF, BMP -> new Metadata();
          };
      for (ExifIFD0Directory directory : metadata.getDirectoriesOfType(ExifIFD0Directory.class)) {
        Integer value = directory.getInteger(ExifIFD0Directory.TAG_ORIENTATION);
        if (value != null) {
          return Orientation.of(value);
        }
      }
    } catch (ImageProcessingException | IOException | RuntimeException | OutOfMemoryError e) {
      // The pixels were decoded; a viewer would show them too.
      LOG.debug("The metadata of {} cannot be read; its orientation is taken as upright", file, e);
    }
    return Orientation.UPRIGHT;
  }

  /** Reads the one chunk that matters; others are packed, and would be unpacked without bounds. */
  private static Metadata readPng(InputStream in) throws ImageProcessingException, IOException {
    Metadata metadata = new Metadata();
    Set<PngChunkType> wanted = Set.of(PngChunkType.eXIf);
    for (PngChunk chunk : new PngChunkReader().extract(new StreamReader(in), wanted)) {
      new ExifReader().extract(new ByteArrayReader(chunk.getBytes()), metadata, 0);
    }
    return metadata;
  }
}
