package org.pellucid.it.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.pellucid.api.SpiVersion;

/** Makes a plugin zip as somebody else would: compiles sources against the published jars. */
final class PluginSources {
  private final Path folder;
  private final Map<String, String> sources = new LinkedHashMap<>();
  private final Map<String, String> resources = new LinkedHashMap<>();
  private final List<String> leftOut = new ArrayList<>();
  private String properties;

  /** A plugin; the folder is for what comes between. */
  PluginSources(String id, Path folder) {
    this.folder = folder;
    requires(id, "^" + SpiVersion.CURRENT);
  }

  /** Asks for another version of the contracts. */
  PluginSources requires(String id, String version) {
    properties = "plugin.id=" + id + "\nplugin.version=1.0.0\nplugin.requires=" + version + "\n";
    return this;
  }

  PluginSources source(String name, String text) {
    sources.put(name, text);
    return this;
  }

  PluginSources service(String type, String provider) {
    resources.put("META-INF/services/" + type, provider + "\n");
    return this;
  }

  /** A class that is compiled, but not packed. */
  PluginSources without(String name) {
    leftOut.add(name);
    return this;
  }

  Path write(Path zip) throws IOException {
    Path work = Files.createTempDirectory(folder, "plugin");
    Path classes = Files.createDirectory(work.resolve("classes"));
    compile(work, classes);
    Map<String, byte[]> jar = new LinkedHashMap<>();
    resources.forEach((name, text) -> jar.put(name, text.getBytes(StandardCharsets.UTF_8)));
    try (Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String name = classes.relativize(file).toString().replace(File.separatorChar, '/');
        if (!leftOut.contains(name.replace('/', '.').replace(".class", ""))) {
          jar.put(name, Files.readAllBytes(file));
        }
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    write(jar, bytes);
    try (OutputStream out = Files.newOutputStream(zip)) {
      write(
          Map.of(
              "plugin.properties", properties.getBytes(StandardCharsets.UTF_8),
              "lib/plugin.jar", bytes.toByteArray()),
          out);
    }
    return zip;
  }

  private void compile(Path work, Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<Path> files = new ArrayList<>();
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Path file = work.resolve(source.getKey().replace('.', '/') + ".java");
      Files.createDirectories(file.getParent());
      files.add(Files.writeString(file, source.getValue()));
    }
    String path =
        Distribution.wholeClassPath().stream()
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator));
    StringWriter messages = new StringWriter();
    try (var manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      Boolean done =
          compiler
              .getTask(
                  messages,
                  manager,
                  null,
                  List.of("--release", "17", "-proc:none", "-cp", path, "-d", classes.toString()),
                  null,
                  manager.getJavaFileObjectsFromPaths(files))
              .call();
      assertThat(done).as("compiled: %s", messages).isTrue();
    }
  }

  private static void write(Map<String, byte[]> entries, OutputStream out) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    }
  }

  /**
   * A plugin whose method paints every cell with a number that it asks of a library; the class of
   * the library has the same name in all of them.
   */
  static PluginSources painter(String id, int number, Path folder) {
    return new PluginSources(id, folder)
        .source(
            "org.example.library.Paint",
            "package org.example.library;\n"
                + "public final class Paint {\n"
                + "  public static float number() { return "
                + number
                + "; }\n"
                + "}\n")
        .source(
            "org.example.Painter",
            String.join(
                "\n",
                "package org.example;",
                "import java.util.*;",
                "import org.pellucid.api.*;",
                "import org.pellucid.graph.*;",
                "public final class Painter implements Explainer {",
                "  public String id() { return \"" + id + "\"; }",
                "  public String description() {",
                "    return \"Paints with \" + org.example.library.Paint.number();",
                "  }",
                "  public List<Option<?>> options() { return List.of(); }",
                "  public Set<Need> needs() { return Set.of(Need.LAYER, Need.LAYER_GRADIENTS); }",
                "  public Saliency explain(ModelProbe probe, Selection selection, Options o) {",
                "    Shape layer = probe.capture(selection.layers().get(0)).shape();",
                "    float[] cells = new float[layer.dim(1) * layer.dim(2)];",
                "    Arrays.fill(cells, org.example.library.Paint.number());",
                "    return new Saliency(Tensor.of(Shape.of(layer.dim(1), layer.dim(2)), cells),",
                "        List.of(), Optional.empty(), Status.FLAT, List.of(), Map.of());",
                "  }",
                "}"))
        .service("org.pellucid.api.Explainer", "org.example.Painter");
  }
}
