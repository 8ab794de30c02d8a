package org.pellucid.it.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The code in the documents: compiled and run, or found in what is. */
@DisabledOnOs(OS.WINDOWS)
class DocumentsIT {
  private static final Pattern TYPE =
      Pattern.compile(
          "^(?:public )?(?:final |abstract )?(?:class|record|interface) (\\w+)", Pattern.MULTILINE);
  private static final Pattern PACKAGE = Pattern.compile("^package ([\\w.]+);", Pattern.MULTILINE);
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(?:#([^)]*))?\\)");

  @TempDir private Path folder;

  /** JUnit warns where it has to remove links. */
  @AfterEach
  void removeLink() throws IOException {
    Files.deleteIfExists(folder.resolve("examples"));
  }

  static List<Document.Block> excerpts() {
    return Document.all().stream()
        .flatMap(document -> document.blocks().stream())
        .filter(block -> block.from().isPresent())
        .toList();
  }

  @ParameterizedTest
  @MethodSource("excerpts")
  void an_excerpt_is_in_the_file_that_it_is_from(Document.Block block) throws IOException {
    Path file = Distribution.REPOSITORY.resolve(block.from().orElseThrow());
    assertThat(stripped(Files.readString(file))).contains(stripped(block.text()));
  }

  private static String stripped(String text) {
    return text.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .collect(Collectors.joining("\n", "\n", "\n"));
  }

  /** All of them in one JVM, in a folder that has the examples. */
  @Test
  void the_java_of_the_documents_compiles_and_runs() throws Exception {
    List<Document.Block> blocks =
        Document.all().stream()
            .flatMap(document -> document.blocks().stream())
            .filter(block -> block.from().isEmpty())
            .filter(block -> block.language().equals("java") || block.file().isPresent())
            .toList();
    Path sources = Files.createDirectory(folder.resolve("sources"));
    Path classes = Files.createDirectory(folder.resolve("classes"));
    List<Path> files = new ArrayList<>();
    List<String> run = new ArrayList<>();
    for (Document.Block block : blocks) {
      if (block.file().isPresent()) {
        Path file = classes.resolve(block.file().get());
        Files.createDirectories(file.getParent());
        Files.writeString(file, block.text());
      } else if (TYPE.matcher(block.text()).find()) {
        files.add(unit(block, sources, run));
      } else {
        String name = "Fragment" + files.size();
        files.add(Files.writeString(sources.resolve(name + ".java"), fragment(name, block)));
        run.add(name + "=" + block);
      }
    }
    assertThat(run).hasSizeGreaterThan(8);
    compile(files, classes);

    Files.createSymbolicLink(
        folder.resolve("examples"), Distribution.REPOSITORY.resolve("examples"));
    Files.createDirectory(folder.resolve("plugins"));
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-Djava.awt.headless=true",
                DocumentRun.class.getName()));
    line.addAll(run);
    ProcessBuilder command = new ProcessBuilder(line).directory(folder.toFile());
    command.environment().put("CLASSPATH", classes + File.pathSeparator + classPath());
    Distribution.run(command).orFail();
  }

  private static String classPath() {
    return Distribution.wholeClassPath().stream()
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** A whole class; it is run if it is a test. */
  private static Path unit(Document.Block block, Path sources, List<String> run)
      throws IOException {
    Matcher type = TYPE.matcher(block.text());
    Matcher inPackage = PACKAGE.matcher(block.text());
    String name = type.find() ? type.group(1) : "";
    String folder = inPackage.find() ? inPackage.group(1) + "." : "";
    if (name.endsWith("Test")) {
      run.add(folder + name + "=" + block);
    }
    Path file = sources.resolve((folder + name).replace('.', '/') + ".java");
    Files.createDirectories(file.getParent());
    return Files.writeString(file, block.text());
  }

  /** Statements, with the imports that one takes for granted, and the names that documents use. */
  private static String fragment(String name, Document.Block block) {
    String imports =
        Stream.of(
                "java.io",
                "java.nio.file",
                "java.util",
                "java.util.concurrent",
                "javax.imageio",
                "org.pellucid.api",
                "org.pellucid.core",
                "org.pellucid.core.compare",
                "org.pellucid.core.dataset",
                "org.pellucid.core.evaluate",
                "org.pellucid.core.image",
                "org.pellucid.core.plugin",
                "org.pellucid.core.render",
                "org.pellucid.graph")
            .map(imported -> "import " + imported + ".*;\n")
            .collect(Collectors.joining());
    return imports
        + "class "
        + name
        + " {\n"
        + "static Path model = Path.of(\"examples/shapes.onnx\");\n"
        + "static Path image = Path.of(\"examples/two-stars.png\");\n"
        + "static Path out = Path.of(\"out\");\n"
        + "static Pellucid pellucid = Pellucid.load(model);\n"
        + "public static void main(String[] arguments) throws Exception {\n"
        + block.text()
        + "}}\n";
  }

  private static void compile(List<Path> files, Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (var manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      List<String> options =
          List.of("--release", "17", "-proc:none", "-cp", classPath(), "-d", classes.toString());
      Boolean done =
          compiler
              .getTask(
                  messages,
                  manager,
                  null,
                  options,
                  null,
                  manager.getJavaFileObjectsFromPaths(files))
              .call();
      assertThat(done).as("compiled: %s", messages).isTrue();
    }
  }

  static List<Document> documents() {
    return Document.all();
  }

  /** Links within the repository lead to files, and to headings in them. */
  @ParameterizedTest
  @MethodSource("documents")
  void links_lead_somewhere(Document document) throws IOException {
    Path file = Distribution.REPOSITORY.resolve(document.name());
    Matcher links = LINK.matcher(document.text().replaceAll("(?ms)^```.*?^```$", ""));
    while (links.find()) {
      if (links.group(1).contains(":")) {
        continue;
      }
      Path target = file.resolveSibling(links.group(1)).normalize();
      assertThat(target).as("%s links to %s", document, links.group()).exists();
      if (links.group(2) != null) {
        assertThat(anchors(target))
            .as("%s links to %s", document, links.group())
            .contains(links.group(2));
      }
    }
  }

  /** As GitHub makes them of headings. */
  private static List<String> anchors(Path document) throws IOException {
    List<String> anchors = new ArrayList<>();
    for (String line : Files.readAllLines(document)) {
      if (line.startsWith("#")) {
        String anchor =
            line.replaceFirst("^#+ ", "")
                .toLowerCase(java.util.Locale.ROOT)
                .replaceAll("[^a-z0-9 _-]", "")
                .replace(' ', '-');
        long before = anchors.stream().filter(other -> other.matches(anchor + "(-\\d+)?")).count();
        anchors.add(before == 0 ? anchor : anchor + "-" + before);
      }
    }
    return anchors;
  }
}
