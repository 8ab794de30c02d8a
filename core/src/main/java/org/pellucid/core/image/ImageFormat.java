package org.pellucid.core.image;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The kinds of image files that can be read, told by their first bytes. */
enum ImageFormat {
  PNG,
  JPEG,
  WEBP,
  GIF,
  BMP;

  /** How many first bytes are needed. */
  static final int SIGNATURE = 12;

  /** The names of all, for messages. */
  static final String WORKING = "PNG, JPEG, WebP, GIF and BMP work";

  static Optional<ImageFormat> of(byte[] first) {
    String text = new String(first, StandardCharsets.ISO_8859_1);
    if (text.startsWith("\u0089PNG\r\n\u001a\n")) {
      return Optional.of(PNG);
    }
    if (text.startsWith("\u00ff\u00d8\u00ff")) {
      return Optional.of(JPEG);
    }
    if (text.startsWith("RIFF") && text.startsWith("WEBP", 8)) {
      return Optional.of(WEBP);
    }
    if (text.startsWith("GIF87a") || text.startsWith("GIF89a")) {
      return Optional.of(GIF);
    }
    return text.startsWith("BM") ? Optional.of(BMP) : Optional.empty();
  }

  /** What a file of another kind seems to be, to help the person who has it. */
  static String guess(byte[] first) {
    String text = new String(first, StandardCharsets.ISO_8859_1);
    if (text.startsWith("II*\0") || text.startsWith("MM\0*")) {
      return "it looks like TIFF";
    }
    if (text.startsWith("ftypheic", 4) || text.startsWith("ftypmif1", 4)) {
      return "it looks like HEIC";
    }
    if (text.startsWith("ftypavif", 4)) {
      return "it looks like AVIF";
    }
    if (text.startsWith("%PDF")) {
      return "it looks like PDF";
    }
    if (text.stripLeading().startsWith("<")) {
      return "it looks like XML, SVG or HTML";
    }
    return "it has the signature of none of these";
  }
}
