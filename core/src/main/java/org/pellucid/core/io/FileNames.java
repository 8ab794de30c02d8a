package org.pellucid.core.io;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Names for the files that one run writes. An instance remembers the stems it has given, so that
 * two images of the same name do not overwrite each other's results. To be used by one thread at a
 * time.
 */
public final class FileNames {
  private final Set<String> given = new HashSet<>();

  /** Starts with no name given. */
  public FileNames() {}

  /**
   * A name of a layer or tensor as a file name: every character other than {@code [A-Za-z0-9._-]}
   * becomes {@code _}, so {@code features/conv:0} becomes {@code features_conv_0}. A character is a
   * Unicode code point.
   */
  public static String safe(String name) {
    StringBuilder safe = new StringBuilder(name.length());
    name.codePoints().forEach(c -> safe.append(isSafe(c) ? (char) c : '_'));
    return safe.toString();
  }

  private static boolean isSafe(int c) {
    return (c >= 'A' && c <= 'Z')
        || (c >= 'a' && c <= 'z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || c == '_'
        || c == '-';
  }

  /**
   * The name of a file without its directory and last extension: {@code cat} of {@code a/cat.jpg}.
   */
  public static String stem(Path file) {
    Path last = file.getFileName();
    String name = last == null ? "" : last.toString();
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  /** A file beside a model, named after it: {@code shapes.onnx} and {@code .labels.txt}. */
  public static Path beside(Path model, String suffix) {
    return model.resolveSibling(stem(model) + suffix);
  }

  /**
   * The stem itself when it is asked for the first time, else the first free one of {@code stem-2},
   * {@code stem-3}, ...
   */
  public String unique(String stem) {
    String name = stem;
    for (int i = 2; !given.add(name); i++) {
      name = stem + "-" + i;
    }
    return name;
  }
}
