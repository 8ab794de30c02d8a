package org.pellucid.backend.onnxruntime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginNativesTest {
  private static final String NATIVE = "ai/onnxruntime/native/";

  @TempDir Path plugin;

  @Test
  void unpacksThePlatformsOwnBesideThePluginsLibraries() throws IOException {
    Path jar =
        jar(
            NATIVE + "linux-x64/libonnxruntime.so",
            NATIVE + "linux-x64/libonnxruntime4j_jni.so",
            NATIVE + "linux-x64/debug/symbols",
            NATIVE + "win-x64/onnxruntime.dll",
            "ai/onnxruntime/OrtEnvironment.class");

    Optional<Path> natives = PluginNatives.beside(jar, "linux-x64");

    assertThat(natives).contains(plugin.resolve("natives"));
    assertThat(names(natives.get()))
        .containsExactlyInAnyOrder("libonnxruntime.so", "libonnxruntime4j_jni.so");
    assertThat(natives.get().resolve("libonnxruntime.so"))
        .hasContent(NATIVE + "linux-x64/libonnxruntime.so");
    assertThat(names(plugin)).containsExactlyInAnyOrder("plugin.properties", "lib", "natives");
  }

  @Test
  void takesWhatIsUnpackedAlready() throws IOException {
    Path jar = jar(NATIVE + "linux-x64/libonnxruntime.so");
    Path unpacked = PluginNatives.beside(jar, "linux-x64").get().resolve("libonnxruntime.so");
    Files.writeString(unpacked, "of the first start");

    PluginNatives.beside(jar, "linux-x64");

    assertThat(unpacked).hasContent("of the first start");
  }

  @Test
  void isWholeForEverybodyWhereManyStartAtOnce() throws Exception {
    Path jar = jar(NATIVE + "linux-x64/a.so", NATIVE + "linux-x64/b.so");
    ExecutorService starts = Executors.newFixedThreadPool(8);
    try {
      List<Future<List<String>>> seen = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        seen.add(starts.submit(() -> names(PluginNatives.beside(jar, "linux-x64").get())));
      }
      for (Future<List<String>> names : seen) {
        assertThat(names.get()).containsExactlyInAnyOrder("a.so", "b.so");
      }
    } finally {
      starts.shutdownNow();
    }
    assertThat(names(plugin)).containsExactlyInAnyOrder("plugin.properties", "lib", "natives");
  }

  @Test
  void leavesToOnnxRuntimeWhatIsNoPluginOrNotForThisPlatformOrBringsCuda() throws IOException {
    Path jar =
        jar(
            NATIVE + "linux-x64/libonnxruntime.so",
            NATIVE + "linux-x64/libonnxruntime_providers_cuda.so",
            NATIVE + "win-x64/onnxruntime.dll");

    assertThat(PluginNatives.beside(jar, "linux-x64")).isEmpty();
    assertThat(PluginNatives.beside(jar, "linux-riscv64")).isEmpty();
    assertThat(names(plugin)).containsExactlyInAnyOrder("plugin.properties", "lib");

    Files.delete(plugin.resolve("plugin.properties"));
    assertThat(PluginNatives.beside(jar, "win-x64")).isEmpty();
    assertThat(names(plugin)).containsExactly("lib");
  }

  /** In a plugin as it lies unpacked; every file holds its own name. */
  private Path jar(String... entries) throws IOException {
    Files.createFile(plugin.resolve("plugin.properties"));
    Path jar = Files.createDirectory(plugin.resolve("lib")).resolve("onnxruntime.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (String entry : entries) {
        out.putNextEntry(new JarEntry(entry));
        out.write(entry.getBytes(UTF_8));
      }
    }
    return jar;
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
