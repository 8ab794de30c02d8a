package org.pellucid.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.core.plugin.UnpackedPlugins.Unpacked;

/** Zips are unpacked once, whole, within bounds, and removed when nobody needs them any more. */
class UnpackedPluginsTest {
  @TempDir private Path folder;

  private static void any(String sha256) {
    assertThat(sha256).matches("[0-9a-f]{64}");
  }

  private UnpackedPlugins cache() {
    return new UnpackedPlugins(folder.resolve("cache"), ZipUnpacker.STANDARD);
  }

  private Path zip(String name, int size) throws IOException {
    byte[] content = new byte[size];
    new java.util.Random(size).nextBytes(content);
    return PluginZip.of("any").entry("lib/library.jar", content).write(folder.resolve(name));
  }

  private Set<String> entries() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("cache"))) {
      return Set.copyOf(files.map(file -> file.getFileName().toString()).toList());
    }
  }

  @Test
  void a_zip_is_unpacked_once() throws IOException {
    Path zip = zip("a.zip", 100_000);
    Unpacked first = cache().unpack(zip, UnpackedPluginsTest::any);
    FileTime time = Files.getLastModifiedTime(first.directory());
    assertThat(first.directory().resolve("lib/library.jar")).hasSize(100_000);
    assertThat(cache().unpack(zip, UnpackedPluginsTest::any)).isEqualTo(first);
    assertThat(Files.getLastModifiedTime(first.directory())).isEqualTo(time);
    assertThat(entries()).containsExactlyInAnyOrder(first.sha256(), "zips");
  }

  @Test
  void a_zip_that_changed_is_unpacked_anew_whatever_it_is_called() throws IOException {
    Path zip = zip("a.zip", 1000);
    Unpacked first = cache().unpack(zip, UnpackedPluginsTest::any);
    Files.delete(zip);
    zip("a.zip", 2000);
    Unpacked second = cache().unpack(zip, UnpackedPluginsTest::any);
    assertThat(second).isNotEqualTo(first);
    assertThat(second.directory().resolve("lib/library.jar")).hasSize(2000);
    // This process still has it in use.
    assertThat(first.directory()).exists();
  }

  @Test
  void what_belongs_to_no_zip_is_removed_unless_somebody_uses_it() throws IOException {
    cache().unpack(zip("a.zip", 10), UnpackedPluginsTest::any);
    Path unused = left("1");
    Path used = left("2");
    Path fresh = Files.createDirectory(folder.resolve("cache/.tmp-fresh"));
    Path abandoned = Files.createDirectory(folder.resolve("cache/.tmp-old"));
    Files.setLastModifiedTime(abandoned, FileTime.fromMillis(0));
    try (FileChannel channel =
            FileChannel.open(used.resolve(DirectoriesInUse.LOCK), StandardOpenOption.READ);
        FileLock lock = channel.lock(0, Long.MAX_VALUE, true)) {
      assertThat(lock.isValid()).isTrue();
      cache().unpack(zip("b.zip", 20), UnpackedPluginsTest::any);
    }
    assertThat(unused).doesNotExist();
    assertThat(used).exists();
    assertThat(abandoned).doesNotExist();
    assertThat(fresh).exists();
    cache().unpack(zip("c.zip", 30), UnpackedPluginsTest::any);
    assertThat(used).doesNotExist();
  }

  /** As a version leaves it behind that is not installed any more. */
  private Path left(String digit) throws IOException {
    Path directory = folder.resolve("cache").resolve(digit.repeat(64));
    Files.createDirectories(directory.resolve("lib"));
    Files.createFile(directory.resolve(DirectoriesInUse.LOCK));
    return directory;
  }

  @Test
  void many_at_once_get_the_same_whole_directory() throws Exception {
    Path zip = zip("a.zip", 3_000_000);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Unpacked>> work = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        work.add(() -> cache().unpack(zip, UnpackedPluginsTest::any));
      }
      Set<Path> directories = new java.util.HashSet<>();
      for (Future<Unpacked> result : threads.invokeAll(work)) {
        Path directory = result.get().directory();
        directories.add(directory);
        assertThat(directory.resolve("lib/library.jar")).hasSize(3_000_000);
      }
      assertThat(directories).hasSize(1);
    } finally {
      threads.shutdownNow();
    }
    assertThat(entries()).hasSize(2);
  }

  @Test
  void what_is_refused_leaves_nothing() throws IOException {
    Path zip = zip("a.zip", 10);
    assertThatThrownBy(
            () ->
                cache()
                    .unpack(
                        zip,
                        sha256 -> {
                          throw new PluginRefusal("no " + sha256);
                        }))
        .isInstanceOf(PluginRefusal.class)
        .hasMessageMatching("no [0-9a-f]{64}");
    assertThat(entries()).isEmpty();
  }

  @Test
  void a_zip_that_grows_too_much_is_refused() throws IOException {
    Path zip =
        PluginZip.of("bomb").entry("lib/a.jar", new byte[1 << 20]).write(folder.resolve("b.zip"));
    assertThat(Files.size(zip)).isLessThan(4 << 10);
    ZipUnpacker strict = new ZipUnpacker(10, 1L << 30, 50, 1 << 10);
    assertThatThrownBy(
            () ->
                new UnpackedPlugins(folder.resolve("cache"), strict)
                    .unpack(zip, UnpackedPluginsTest::any))
        .isInstanceOf(PluginRefusal.class)
        .hasMessageContaining("larger");
    assertThat(entries()).isEmpty();
    cache().unpack(zip, UnpackedPluginsTest::any);
  }

  @Test
  void a_zip_of_too_many_entries_is_refused() throws IOException {
    PluginZip many = PluginZip.of("many");
    for (int i = 0; i < 10; i++) {
      many.entry("lib/" + i + ".jar", new byte[0]);
    }
    Path zip = many.write(folder.resolve("many.zip"));
    ZipUnpacker strict = new ZipUnpacker(10, 1L << 30, 50, 1 << 10);
    assertThatThrownBy(() -> strict.unpack(zip, Files.createDirectory(folder.resolve("into"))))
        .isInstanceOf(PluginRefusal.class)
        .hasMessageContaining("11 entries");
  }

  @Test
  void odd_paths_are_refused() throws IOException {
    String[] names = {"/etc/x", "a//b", "..", "a/../b", "a\\..\\b", "C:x", "./a", "a/ /b", "a\nb"};
    for (int i = 0; i < names.length; i++) {
      Path zip = PluginZip.of("odd").entry(names[i], new byte[0]).write(folder.resolve(i + ".zip"));
      Path into = Files.createDirectory(folder.resolve("into" + i));
      assertThatThrownBy(() -> ZipUnpacker.STANDARD.unpack(zip, into))
          .as(names[i])
          .isInstanceOf(PluginRefusal.class)
          .hasMessageContaining("no plain path");
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void a_cache_that_others_can_write_to_is_refused() throws IOException {
    Path cache = Files.createDirectory(folder.resolve("cache"));
    Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThatThrownBy(() -> cache().unpack(zip("a.zip", 10), UnpackedPluginsTest::any))
        .isInstanceOf(PluginRefusal.class)
        .hasMessageContaining("can be written to by others")
        .hasMessageContaining(PluginSettings.CACHE_VARIABLE);
    assertThat(entries()).isEmpty();
  }

  @Test
  void a_cache_that_cannot_be_made_is_told_of() throws IOException {
    Files.createFile(folder.resolve("cache"));
    assertThatThrownBy(() -> cache().unpack(zip("a.zip", 10), UnpackedPluginsTest::any))
        .isInstanceOf(PluginRefusal.class)
        .hasMessageContaining(PluginSettings.CACHE_VARIABLE);
  }
}
