package org.pellucid.core.plugin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;

/** By what a file is recognised as unchanged without reading it. */
record ZipStamp(Path file, long size, long modified, String key) {
  static ZipStamp of(Path zip) throws IOException {
    Path file = zip.toRealPath();
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return new ZipStamp(
        file,
        attributes.size(),
        attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
        String.valueOf(attributes.fileKey()));
  }

  /** Everything but the file, on one line. */
  String line() {
    return size + " " + modified + " " + key;
  }
}
