package org.pellucid.core.plugin;

import java.nio.file.Path;

/**
 * A plugin that does not run.
 *
 * @param file the zip, or the directory that cannot be read
 * @param reason why not, as a clause: {@code "the zip is damaged (...)"}
 */
public record RefusedPlugin(Path file, String reason) {
  /** One sentence with the file. */
  public String sentence() {
    return "The plugin " + file + " is not used: " + reason;
  }
}
