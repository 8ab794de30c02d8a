package org.pellucid.it.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Plugins as they come out of the archetypes, with names of their own: generated and built. */
@DisabledOnOs(OS.WINDOWS)
class ArchetypesIT {
  private static final Pattern PLUGIN_VERSION =
      Pattern.compile(
          "<artifactId>(maven-[a-z]+-plugin)</artifactId>\\s*<version>([0-9.]+)</version>");

  /** With its version: the plugin is no part of a project. */
  private static final String ARCHETYPES =
      "org.apache.maven.plugins:maven-archetype-plugin:" + System.getProperty("archetype.version");

  @TempDir private Path folder;

  @Test
  void generated_plugins_are_built_dropped_in_and_compared() throws Exception {
    Path method = generate("method", "-DclassName=FirstCam", "-DmethodId=first-cam");
    Path backend = generate("backend", "-DclassName=FirstBackend", "-DbackendId=first");
    InstalledCopy installed = new InstalledCopy(folder.resolve("installed"));
    for (Path project : List.of(method, backend)) {
      OutsideMaven.run(project, "verify").orFail();
      installed.add(ExamplePluginsIT.zip(project));
    }
    assertThat(
            installed
                .pellucid(
                    "compare",
                    "examples/shapes.onnx",
                    "examples/hexagon.png",
                    "--methods",
                    "first-cam,grad-cam",
                    "--backends",
                    "first,reference",
                    "--precision",
                    "float64",
                    "--fail-on-disagreement",
                    "1e-9",
                    "-o",
                    folder.resolve("report"))
                .orFail()
                .out())
        .isNotBlank();
  }

  private Path generate(String kind, String... properties) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                ARCHETYPES + ":generate",
                "-DarchetypeGroupId=org.pellucid",
                "-DarchetypeArtifactId=pellucid-archetype-" + kind,
                "-DarchetypeVersion=" + OutsideMaven.VERSION,
                "-DgroupId=com.example",
                "-DartifactId=first-" + kind,
                "-Dversion=0.1",
                "-Dpackage=com.example.first"));
    arguments.addAll(List.of(properties));
    OutsideMaven.run(folder, arguments.toArray(String[]::new)).orFail();
    return folder.resolve("first-" + kind);
  }

  /**
   * One text each: what is packed, and how; and the versions that Pellucid itself is built with.
   */
  @Test
  void archetypes_and_examples_are_packed_alike_with_the_versions_of_the_parent()
      throws IOException {
    List<Path> projects =
        Stream.of(
                "examples/method",
                "examples/backend",
                "examples/metric",
                "archetypes/method/src/main/resources/archetype-resources",
                "archetypes/backend/src/main/resources/archetype-resources")
            .map(Distribution.REPOSITORY::resolve)
            .toList();
    for (String file :
        List.of("src/main/plugin/assembly.xml", "src/main/plugin/plugin.properties")) {
      assertThat(projects.stream().map(project -> read(project.resolve(file))).distinct())
          .as(file)
          .hasSize(1);
    }
    String parent = read(Distribution.REPOSITORY.resolve("pom.xml"));
    for (Path project : projects) {
      List<String> plugins =
          PLUGIN_VERSION
              .matcher(read(project.resolve("pom.xml")))
              .results()
              .map(match -> match.group().replaceAll("\\s", ""))
              .toList();
      assertThat(plugins).as(project.toString()).hasSizeGreaterThan(4);
      plugins.forEach(plugin -> assertThat(parent.replaceAll("\\s", "")).contains(plugin));
    }
  }

  @Test
  void the_bom_has_every_artifact_that_others_use_and_no_other_version() throws IOException {
    String bom = read(Distribution.REPOSITORY.resolve("bom/pom.xml"));
    List<String> managed =
        Pattern.compile("<artifactId>(pellucid-[a-z0-9-]+)</artifactId>")
            .matcher(bom.replaceFirst("(?s)^.*?<dependencyManagement>", ""))
            .results()
            .map(match -> match.group(1))
            .toList();
    assertThat(managed)
        .containsExactlyInAnyOrderElementsOf(
            OutsideMaven.publishedModules().keySet().stream()
                .filter(name -> !name.matches("pellucid-(parent|bom|archetype-.*)"))
                .toList());
    assertThat(bom).contains("<version>" + OutsideMaven.VERSION + "</version>");
    // It has no parent to take them from.
    String parent = read(Distribution.REPOSITORY.resolve("pom.xml")).replaceAll("\\s", "");
    assertThat(PLUGIN_VERSION.matcher(bom).results().map(match -> match.group()).toList())
        .hasSizeGreaterThan(2)
        .allSatisfy(plugin -> assertThat(parent).contains(plugin.replaceAll("\\s", "")));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
