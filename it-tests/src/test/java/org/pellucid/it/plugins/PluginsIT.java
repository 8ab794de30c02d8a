package org.pellucid.it.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.hash.Hashing;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.core.io.Npy;
import org.pellucid.graph.Tensor;
import org.pellucid.it.plugins.Distribution.Outcome;

/** Plugins of other people in the packaged distribution: good ones, and every kind of bad one. */
@DisabledOnOs(OS.WINDOWS)
class PluginsIT {
  @TempDir private Path folder;
  private Path plugins;

  @BeforeEach
  void makeDirectory() throws IOException {
    plugins = Files.createDirectory(folder.resolve("plugins"));
  }

  private Path painter(String id, int number) throws IOException {
    return PluginSources.painter(id, number, folder).write(plugins.resolve(id + ".zip"));
  }

  @Test
  void two_versions_of_one_class_run_side_by_side() throws Exception {
    painter("painter-one", 1);
    painter("painter-two", 2);
    assertThat(Distribution.pellucid("methods", "--plugins", plugins).orFail().out())
        .contains("painter-one  Paints with 1.0")
        .contains("painter-two  Paints with 2.0");
    for (int number = 1; number <= 2; number++) {
      String method = "painter-" + List.of("one", "two").get(number - 1);
      Outcome outcome =
          Distribution.pellucid(
                  "explain",
                  "examples/shapes.onnx",
                  "examples/hexagon.png",
                  "--method",
                  method,
                  "--format",
                  "npy",
                  "--plugins",
                  plugins,
                  "-o",
                  folder.resolve("out"))
              .orFail();
      assertThat(outcome.err()).isEmpty();
      Tensor map = Npy.read(folder.resolve("out/hexagon." + method + ".npy"));
      assertThat(map.toFloatArray()).hasSize(144).containsOnly((float) number);
    }
  }

  /** As on the first day of a machine with many users of one installation. */
  @Test
  void processes_that_start_at_once_with_an_empty_cache_share_it() throws Exception {
    Path cache = folder.resolve("cache");
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      Callable<Outcome> start =
          () -> {
            ProcessBuilder command =
                new ProcessBuilder(Distribution.HOME.resolve("bin/pellucid").toString(), "plugins");
            command.environment().put("PELLUCID_CACHE", cache.toString());
            return Distribution.run(command);
          };
      for (Future<Outcome> process : threads.invokeAll(List.of(start, start, start))) {
        assertThat(process.get().orFail().out())
            .contains("brings backend djl\n", "brings backend onnxruntime\n")
            .doesNotContain("PROBLEM");
      }
    } finally {
      threads.shutdownNow();
    }
    try (Stream<Path> entries = Files.list(cache.resolve("plugins"));
        Stream<Path> zips = Files.list(Distribution.PLUGINS)) {
      assertThat(entries.filter(entry -> !entry.endsWith("zips")))
          .hasSameSizeAs(zips.toList())
          .allMatch(entry -> entry.getFileName().toString().matches("[0-9a-f]{64}"));
    }
  }

  @Test
  void directories_add_up_and_the_first_of_two_wins() throws Exception {
    Path first = painter("painter", 1);
    Path others = Files.createDirectory(folder.resolve("others"));
    Path second = PluginSources.painter("painter", 2, folder).write(others.resolve("newer.zip"));
    PluginSources.painter("third", 3, folder).write(others.resolve("third.zip"));
    Outcome outcome =
        Distribution.pellucid("plugins", "--plugins", plugins, "--plugins", others).orFail();
    assertThat(outcome.out())
        .contains("painter  1.0.0", "third  1.0.0", "pellucid-backend-onnxruntime  ")
        .contains("  from " + first)
        .contains("  sha256 " + Hashing.sha256().hashBytes(Files.readAllBytes(first)))
        .contains("  brings method painter\n")
        .containsOnlyOnce("PROBLEM")
        .contains("PROBLEM The plugin " + second + " is not used")
        .contains("\"painter\" is also that of " + first);
  }

  @Test
  void the_doctor_tells_of_every_broken_plugin_and_the_others_work() throws Exception {
    Path good = painter("good", 5);
    Path missing =
        PluginSources.painter("missing", 1, folder)
            .without("org.example.Painter")
            .write(plugins.resolve("missing-class.zip"));
    Path library =
        PluginSources.painter("library", 1, folder)
            .source(
                "org.example.Painter",
                "package org.example;\n"
                    + "public final class Painter extends org.example.library.Absent {\n"
                    + "  public String id() { return \"library\"; }\n}\n")
            .source(
                "org.example.library.Absent",
                "package org.example.library;\n"
                    + "public abstract class Absent implements org.pellucid.graph.ModelImporter {\n"
                    + "  public boolean accepts(java.nio.file.Path file) { return false; }\n"
                    + "  public org.pellucid.graph.ModelGraph read(java.nio.file.Path file,"
                    + " org.pellucid.graph.ImportOptions options) { return null; }\n}\n")
            .without("org.example.library.Absent")
            .write(plugins.resolve("missing-library.zip"));
    Path version =
        PluginSources.painter("version", 1, folder)
            .requires("version", "^77.0.0")
            .write(plugins.resolve("wrong-version.zip"));
    Path duplicate =
        PluginSources.painter("good", 1, folder).write(plugins.resolve("same-plugin.zip"));
    Path method =
        PluginSources.painter("grad-cam", 1, folder).write(plugins.resolve("same-method.zip"));
    Path throwing =
        PluginSources.painter("throwing", 1, folder)
            .source(
                "org.example.library.Paint",
                "package org.example.library;\n"
                    + "public final class Paint {\n"
                    + "  public static float number() { return 1; }\n"
                    + "  public static int fail() { throw new IllegalStateException(\"no licence\");"
                    + " }\n}\n")
            .source(
                "org.example.Thrower",
                "package org.example;\n"
                    + "public final class Thrower implements org.pellucid.graph.ModelImporter {\n"
                    + "  private final int number = org.example.library.Paint.fail();\n"
                    + "  public String id() { return \"thrower\"; }\n"
                    + "  public boolean accepts(java.nio.file.Path file) { return false; }\n"
                    + "  public org.pellucid.graph.ModelGraph read(java.nio.file.Path file,"
                    + " org.pellucid.graph.ImportOptions options) { return null; }\n}\n")
            .service("org.pellucid.graph.ModelImporter", "org.example.Thrower")
            .write(plugins.resolve("throwing.zip"));
    byte[] whole = Files.readAllBytes(good);
    Path corrupt =
        Files.write(plugins.resolve("corrupt.zip"), Arrays.copyOf(whole, whole.length / 2));
    Path slip = plugins.resolve("slip.zip");
    try (OutputStream out = Files.newOutputStream(slip);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("lib/../../../../slipped.jar"));
      zip.write(new byte[100]);
    }

    Outcome doctor = Distribution.pellucid("doctor", "--plugins", plugins).orFail();
    List<String> problems = doctor.out().lines().filter(l -> l.startsWith("PROBLEM")).toList();
    assertThat(problems)
        .hasSize(8)
        .anySatisfy(l -> assertThat(l).contains(missing.toString(), "org.example.Painter"))
        .anySatisfy(l -> assertThat(l).contains(library.toString(), "Absent"))
        .anySatisfy(l -> assertThat(l).contains(version.toString(), "^77.0.0"))
        .anySatisfy(l -> assertThat(l).contains(duplicate.toString(), good.toString()))
        .anySatisfy(l -> assertThat(l).contains(method.toString(), "grad-cam", "pellucid-methods"))
        .anySatisfy(l -> assertThat(l).contains(throwing.toString(), "no licence"))
        .anySatisfy(l -> assertThat(l).contains(corrupt.toString(), "damaged"))
        .anySatisfy(l -> assertThat(l).contains(slip.toString(), "no plain path"));
    assertThat(doctor.out().lines())
        .contains("method good", "method throwing", "ready")
        .anyMatch(line -> line.startsWith("backend djl  available"))
        .anyMatch(line -> line.startsWith("backend onnxruntime  available"));
    assertThat(doctor.err()).isEmpty();
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files).noneMatch(file -> file.endsWith("slipped.jar"));
    }

    Outcome explained =
        Distribution.pellucid(
                "explain",
                "examples/shapes.onnx",
                "examples/hexagon.png",
                "--method",
                "good",
                "--plugins",
                plugins,
                "-o",
                folder.resolve("out"))
            .orFail();
    assertThat(explained.err().lines())
        .hasSize(8)
        .allMatch(line -> line.startsWith("pellucid: warning: "));
  }

  @Test
  void what_is_not_allowed_does_not_run() throws Exception {
    Path good = painter("good", 1);
    Path stranger = painter("stranger", 1);
    String line = Hashing.sha256().hashBytes(Files.readAllBytes(good)) + "  good.zip\n";
    Files.writeString(plugins.resolve("allowed.sha256"), line);
    assertThat(Distribution.pellucid("doctor", "--plugins", plugins).orFail().out())
        .contains("method good\n")
        .doesNotContain("method stranger")
        .containsOnlyOnce("PROBLEM")
        .contains("PROBLEM The plugin " + stranger + " is not used: its SHA-256 ");

    Path list = Files.writeString(folder.resolve("list"), line);
    Outcome nothing =
        Distribution.pellucid("doctor", "--plugins", plugins, "--allowed-plugins", list);
    assertThat(nothing.code()).isEqualTo(4);
    assertThat(nothing.out())
        .contains("PROBLEM nothing can be explained here")
        .contains("method good\n")
        .contains("backend reference  available")
        .doesNotContain("backend djl")
        .contains("pellucid-backend-onnxruntime-", "not on the allow-list " + list);
  }

  @Test
  void a_plugin_directory_that_is_not_there_is_an_error_and_the_working_directory_is_none()
      throws Exception {
    Path none = folder.resolve("none");
    Outcome outcome = Distribution.pellucid("methods", "--plugins", none);
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains("There is no plugin directory at " + none);
    painter("painter", 1);
    Outcome here =
        Distribution.run(
            new ProcessBuilder(Distribution.HOME.resolve("bin/pellucid").toString(), "methods")
                .directory(folder.toFile()));
    assertThat(here.orFail().out()).contains("grad-cam").doesNotContain("painter");
  }
}
