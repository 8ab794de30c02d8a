package org.pellucid.core.plugin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.pellucid.core.plugin.UnpackedPlugins.Unpacked;
import org.pf4j.PluginRepository;

/** Finds the zips in the plugin directories, verifies and unpacks them. */
final class PluginZips implements PluginRepository {
  private final PluginSettings settings;
  private final UnpackedPlugins cache;
  private final List<RefusedPlugin> refused = new ArrayList<>();
  private final Map<Path, Zip> zips = new LinkedHashMap<>();

  /**
   * A zip of which the content is unpacked.
   *
   * @param file as it lies in the plugin directory
   * @param sha256 its hash
   */
  record Zip(Path file, String sha256) {}

  PluginZips(PluginSettings settings, UnpackedPlugins cache) {
    this.settings = settings;
    this.cache = cache;
  }

  @Override
  public List<Path> getPluginPaths() {
    settings.directories().forEach(this::addAll);
    return found();
  }

  /** The directories of those that were found before, in order. */
  List<Path> found() {
    return List.copyOf(zips.keySet());
  }

  private void addAll(Path directory) {
    List<Path> files;
    try (Stream<Path> entries = Files.list(directory)) {
      files = entries.filter(PluginZips::isPlugin).sorted().toList();
    } catch (IOException e) {
      refused.add(new RefusedPlugin(directory, "the directory cannot be read (" + e + ")"));
      return;
    }
    for (Path file : files) {
      try {
        Unpacked unpacked = cache.unpack(file, sha256 -> checkAllowed(directory, sha256));
        Zip before = zips.putIfAbsent(unpacked.directory(), new Zip(file, unpacked.sha256()));
        if (before != null) {
          refused.add(new RefusedPlugin(file, "it is the same as " + before.file()));
        }
      } catch (PluginRefusal e) {
        refused.add(new RefusedPlugin(file, e.getMessage()));
      }
    }
  }

  private static boolean isPlugin(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".zip") && !name.startsWith(".");
  }

  private void checkAllowed(Path directory, String sha256) {
    Path own = directory.resolve(AllowList.FILE);
    // A link to nowhere is a list, too: one that cannot be read.
    if (Files.exists(own, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      AllowList.read(own).check(sha256);
    }
    settings.allowed().ifPresent(list -> AllowList.read(list).check(sha256));
  }

  /** The zip of which a directory is the content. */
  Zip zip(Path unpacked) {
    return Optional.ofNullable(zips.get(unpacked)).orElseThrow();
  }

  /** Zips that were not unpacked, and why. */
  List<RefusedPlugin> refused() {
    return refused;
  }

  @Override
  public boolean deletePluginPath(Path pluginPath) {
    return false;
  }
}
