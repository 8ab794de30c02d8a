package org.pellucid.it.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.core.io.Npy;
import org.pellucid.graph.Shape;
import org.pellucid.it.plugins.Distribution.Outcome;

/**
 * Somebody else's Maven project, with Pellucid as a dependency. It has a local repository of its
 * own, which it fills from a repository of this reactor's jars and from the user's local
 * repository: nothing of it is installed for the user, and nothing is fetched that the build of
 * Pellucid has already.
 */
@DisabledOnOs(OS.WINDOWS)
class EmbeddingIT {
  private static final Path PROJECT =
      Distribution.REPOSITORY.resolve("it-tests/src/test/embedding");
  private static final String VERSION = System.getProperty("pellucid.version");

  @TempDir private Path folder;

  @Test
  void a_program_with_pellucid_as_a_dependency_explains_an_image() throws Exception {
    Path project = copyProject();
    publishReactor(folder.resolve("reactor"));
    maven(project, "compile", "dependency:build-classpath").orFail();

    Path examples = Files.createDirectory(project.resolve("examples"));
    for (String name :
        List.of("shapes.onnx", "shapes.labels.txt", "shapes.preset.json", "two-stars.png")) {
      Files.copy(Distribution.REPOSITORY.resolve("examples").resolve(name), examples.resolve(name));
    }
    ProcessBuilder program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "Explain")
            .directory(project.toFile());
    program
        .environment()
        .put(
            "CLASSPATH",
            project.resolve("target/classes")
                + java.io.File.pathSeparator
                + Files.readString(project.resolve("class-path.txt")).strip());
    assertThat(Distribution.run(program).orFail().out()).isEqualTo("dotted star OK\n");
    assertThat(Npy.read(project.resolve("out/two-stars.smooth-grad-cam++.npy")).shape())
        .isEqualTo(Shape.of(12, 12));
  }

  @Test
  void the_program_has_fewer_than_15_lines_and_is_that_of_the_readme() throws IOException {
    List<String> lines = Files.readAllLines(PROJECT.resolve("src/main/java/Explain.java"));
    assertThat(lines).hasSizeLessThan(15);
    Matcher block =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Distribution.REPOSITORY.resolve("README.md")));
    assertThat(block.find()).isTrue();
    assertThat(lines.stream().map(String::strip).toList())
        .containsSubsequence(block.group(1).lines().map(String::strip).toList());
  }

  private Path copyProject() throws IOException {
    Path project = Files.createDirectory(folder.resolve("project"));
    try (Stream<Path> files = Files.walk(PROJECT)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = project.resolve(PROJECT.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    return project;
  }

  /** Lays the jars and POMs of the reactor out as a repository has them. */
  private static void publishReactor(Path repository) throws IOException {
    publish(repository, "pellucid-parent", Distribution.REPOSITORY.resolve("pom.xml"));
    for (String module :
        List.of("graph", "onnx", "api", "core", "methods", "backend-onnxruntime")) {
      Path folder = Distribution.REPOSITORY.resolve(module);
      String artifact = "pellucid-" + module;
      publish(repository, artifact, folder.resolve("pom.xml"));
      publish(repository, artifact, folder.resolve("target/" + artifact + "-" + VERSION + ".jar"));
    }
  }

  private static void publish(Path repository, String artifact, Path file) throws IOException {
    String name = file.getFileName().toString();
    String extension = name.equals("pom.xml") ? "pom" : "jar";
    Path target =
        repository.resolve(
            "org/pellucid/"
                + artifact
                + "/"
                + VERSION
                + "/"
                + artifact
                + "-"
                + VERSION
                + "."
                + extension);
    Files.createDirectories(target.getParent());
    Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
  }

  private Outcome maven(Path project, String... goals) throws IOException, InterruptedException {
    Path settings = folder.resolve("settings.xml");
    Files.writeString(settings, settings());
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("maven.home"), "bin", "mvn").toString(),
                "-B",
                "-ntp",
                "-q",
                "-s",
                settings.toString(),
                "-Dmaven.repo.local=" + folder.resolve("repository"),
                "-Dpellucid.version=" + VERSION,
                "-Dmdep.outputFile=class-path.txt"));
    line.addAll(List.of(goals));
    return Distribution.run(new ProcessBuilder(line).directory(project.toFile()));
  }

  /** Asked in this order, before Maven Central. */
  private String settings() {
    String reactor = repository("repository", "reactor", folder.resolve("reactor"));
    Path users = Path.of(System.getProperty("maven.repository"));
    return "<settings><profiles><profile><id>here</id><repositories>"
        + reactor
        + repository("repository", "users", users)
        + "</repositories><pluginRepositories>"
        + repository("pluginRepository", "users", users)
        + "</pluginRepositories></profile></profiles>"
        + "<activeProfiles><activeProfile>here</activeProfile></activeProfiles></settings>";
  }

  private static String repository(String element, String id, Path place) {
    return String.format(
        "<%1$s><id>%2$s</id><url>%3$s</url><snapshots><enabled>true</enabled>"
            + "<checksumPolicy>ignore</checksumPolicy></snapshots>"
            + "<releases><checksumPolicy>ignore</checksumPolicy></releases></%1$s>",
        element, id, place.toUri());
  }
}
