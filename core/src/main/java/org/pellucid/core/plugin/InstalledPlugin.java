package org.pellucid.core.plugin;

import java.nio.file.Path;

/**
 * A plugin that runs.
 *
 * @param id its name, one of a kind
 * @param version its own version
 * @param description what it brings, in a sentence; may be empty
 * @param file the zip
 * @param sha256 of the zip that was unpacked, in 64 hexadecimal digits
 */
public record InstalledPlugin(
    String id, String version, String description, Path file, String sha256) {}
