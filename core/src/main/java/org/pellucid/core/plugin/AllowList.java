package org.pellucid.core.plugin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The SHA-256 of every plugin zip that may run, in lines as {@code sha256sum} writes them; the name
 * of the file is a remark. Empty lines and those that begin with {@code #} are passed over. A list
 * that cannot be understood allows nothing.
 */
final class AllowList {
  /** In a plugin directory, the list that holds for it. */
  static final String FILE = "allowed.sha256";

  private static final Pattern LINE = Pattern.compile("([0-9a-fA-F]{64})(\\s.*)?");

  private final Path file;
  private final Set<String> hashes;

  private AllowList(Path file, Set<String> hashes) {
    this.file = file;
    this.hashes = hashes;
  }

  /** Reads a list. */
  static AllowList read(Path file) {
    Set<String> hashes = new HashSet<>();
    try {
      List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i).strip();
        Matcher matcher = LINE.matcher(line);
        if (matcher.matches()) {
          hashes.add(matcher.group(1).toLowerCase(Locale.ROOT));
        } else if (!line.isEmpty() && !line.startsWith("#")) {
          throw new PluginRefusal(
              "line " + (i + 1) + " of the allow-list " + file + " begins with no SHA-256");
        }
      }
    } catch (IOException e) {
      throw new PluginRefusal("the allow-list " + file + " cannot be read (" + e + ")", e);
    }
    return new AllowList(file, hashes);
  }

  /** Refuses a zip that is not listed. */
  void check(String sha256) {
    if (!hashes.contains(sha256)) {
      throw new PluginRefusal("its SHA-256 " + sha256 + " is not on the allow-list " + file);
    }
  }
}
