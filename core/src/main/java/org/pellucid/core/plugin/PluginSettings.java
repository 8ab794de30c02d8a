package org.pellucid.core.plugin;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where plugins come from and which may run.
 *
 * @param directories with plugin zips, the ones that win first: of two plugins of one id the one
 *     found first runs
 * @param allowed a file that lists the SHA-256 of every zip that may run, in addition to a file
 *     {@value AllowList#FILE} in each directory; see {@link #withAllowed}
 * @param cache a directory that only this user writes to, made if missing, in which the plugins are
 *     unpacked
 */
public record PluginSettings(List<Path> directories, Optional<Path> allowed, Path cache) {
  /** System property that names the cache; stronger than {@link #CACHE_VARIABLE}. */
  public static final String CACHE_PROPERTY = "pellucid.cache";

  /** Environment variable that names the cache. */
  public static final String CACHE_VARIABLE = "PELLUCID_CACHE";

  /** Copies the list. */
  public PluginSettings {
    directories = List.copyOf(directories);
  }

  /** Directories, the allow-lists in them alone, and the user's own cache. */
  public static PluginSettings of(List<Path> directories) {
    return new PluginSettings(directories, Optional.empty(), defaultCache());
  }

  /**
   * Refuses every plugin whose zip is not in a list, in lines as {@code sha256sum} writes them. A
   * list outside of the plugin directories also holds against who can write to those.
   */
  public PluginSettings withAllowed(Path list) {
    return new PluginSettings(directories, Optional.of(list), cache);
  }

  /** Unpacks plugins elsewhere. */
  public PluginSettings withCache(Path directory) {
    return new PluginSettings(directories, allowed, directory);
  }

  /**
   * Where plugins are unpacked unless something else is said: what {@value #CACHE_PROPERTY} or
   * {@value #CACHE_VARIABLE} names, else {@code pellucid} in the directory that the system has for
   * caches of the user.
   */
  public static Path defaultCache() {
    return given(System.getProperty(CACHE_PROPERTY), System.getenv(CACHE_VARIABLE))
        .map(Path::of)
        .orElseGet(() -> userCaches().resolve("pellucid"));
  }

  private static Path userCaches() {
    Path home = Path.of(System.getProperty("user.home"));
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    if (system.startsWith("windows")) {
      return given(System.getenv("LOCALAPPDATA"))
          .map(Path::of)
          .orElse(home.resolve("AppData").resolve("Local"));
    }
    if (system.startsWith("mac")) {
      return home.resolve("Library").resolve("Caches");
    }
    return given(System.getenv("XDG_CACHE_HOME")).map(Path::of).orElse(home.resolve(".cache"));
  }

  private static Optional<String> given(String... texts) {
    return Stream.of(texts).filter(text -> text != null && !text.isBlank()).findFirst();
  }
}
