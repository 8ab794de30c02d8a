package org.pellucid.core.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.core.Registry;
import org.pellucid.core.ServiceEntry;
import org.pellucid.graph.ModelImporter;

/** Plugins bring services; broken ones are told of, with their file, and stop nobody. */
class PluginsTest {
  @TempDir private Path folder;
  private Path plugins;
  private Path good;

  @BeforeEach
  void installOneThatWorks() throws IOException {
    plugins = Files.createDirectory(folder.resolve("plugins"));
    good =
        PluginZip.of("good")
            .provider(ModelImporter.class, ContextImporter.class)
            .write(plugins.resolve("good.zip"));
  }

  private PluginSettings settings() {
    return PluginSettings.of(List.of(plugins)).withCache(folder.resolve("cache"));
  }

  private Registry registry() {
    return Registry.with(Plugins.load(settings()));
  }

  private static ModelImporter importer(Registry registry) {
    return registry.importers().stream()
        .filter(importer -> importer.id().equals("context"))
        .findFirst()
        .orElseThrow();
  }

  /** The one that works does so, and there is one problem, which names a file and a reason. */
  private void assertRefused(Path file, String... reasons) {
    Registry registry = registry();
    assertThat(importer(registry).accepts(file)).isTrue();
    assertThat(registry.plugins().installed())
        .extracting(InstalledPlugin::file)
        .containsExactly(good);
    assertThat(registry.problems()).hasSize(1);
    assertThat(registry.problems().get(0)).contains(file.toString()).contains(reasons);
  }

  @Test
  void a_plugin_is_listed_with_what_it_brings() throws IOException {
    Registry registry = registry();
    assertThat(registry.problems()).isEmpty();
    assertThat(registry.plugins().installed()).hasSize(1);
    InstalledPlugin plugin = registry.plugins().installed().get(0);
    assertThat(plugin)
        .isEqualTo(new InstalledPlugin("good", "1.2.3", "Is for a test", good, sha256(good)));
    assertThat(registry.services())
        .filteredOn(entry -> entry.plugin().isPresent())
        .singleElement()
        .extracting(ServiceEntry::kind, ServiceEntry::id)
        .containsExactly("importer", "context");
  }

  private static String sha256(Path file) throws IOException {
    return Hashing.sha256().hashBytes(Files.readAllBytes(file)).toString();
  }

  @Test
  void its_classes_are_its_own_and_the_contracts_are_the_applications() {
    String loaders = importer(registry()).toString();
    assertThat(loaders)
        .doesNotStartWith(getClass().getClassLoader().toString())
        .endsWith(" of " + ModelImporter.class.getClassLoader());
  }

  @Test
  void the_threads_class_loader_is_the_plugins_when_a_service_is_made_and_asked() {
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    ModelImporter importer = importer(registry());
    assertThat(importer.accepts(good)).isTrue();
    assertThatThrownBy(() -> importer.read(good, null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("read by ");
    assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
    assertThat(List.of(importer)).contains(importer).doesNotContain(importer(registry()));
  }

  @Test
  void services_of_the_application_are_there_once() {
    assertThat(registry().importers()).extracting(ModelImporter::id).contains("onnx", "context");
    assertThat(registry().importers()).hasSameSizeAs(List.of("onnx", "context"));
  }

  @Test
  void a_directory_that_is_not_there_is_an_error() {
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> Registry.withPlugins(missing))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(missing.toString());
  }

  @Test
  void nothing_is_written_beside_the_plugins() throws IOException {
    registry();
    try (Stream<Path> files = Files.list(plugins)) {
      assertThat(files).containsExactly(good);
    }
  }

  @Test
  void a_class_that_is_missing() throws IOException {
    Path zip =
        PluginZip.of("broken")
            .service(ModelImporter.class, "org.example.Missing")
            .write(plugins.resolve("broken.zip"));
    assertServiceProblem(zip, "org.example.Missing");
  }

  @Test
  void a_class_whose_library_is_missing() throws IOException {
    Path zip =
        PluginZip.of("broken")
            .provider(ModelImporter.class, ContextImporter.Rival.class)
            .write(plugins.resolve("broken.zip"));
    assertServiceProblem(zip, "ContextImporter");
  }

  @Test
  void a_constructor_that_throws() throws IOException {
    Path zip =
        PluginZip.of("broken")
            .type(ContextImporter.class)
            .provider(ModelImporter.class, ContextImporter.Throwing.class)
            .write(plugins.resolve("broken.zip"));
    assertServiceProblem(zip, "its library is missing");
  }

  private void assertServiceProblem(Path zip, String reason) {
    Registry registry = registry();
    assertThat(importer(registry).accepts(zip)).isTrue();
    assertThat(registry.problems()).hasSize(1);
    assertThat(registry.problems().get(0))
        .contains("ModelImporter", zip.toString(), "does not start", reason);
  }

  @Test
  void two_services_of_one_id() throws IOException {
    Path zip =
        PluginZip.of("rival")
            .type(ContextImporter.class)
            .provider(ModelImporter.class, ContextImporter.Rival.class)
            .write(plugins.resolve("rival.zip"));
    assertThat(registry().problems())
        .singleElement()
        .asString()
        .contains("\"context\"", good.toString(), zip.toString());
  }

  @Test
  void two_plugins_of_one_id() throws IOException {
    Path zip =
        PluginZip.of("good")
            .provider(ModelImporter.class, ContextImporter.Rival.class)
            .write(plugins.resolve("other.zip"));
    assertRefused(zip, "\"good\"", good.toString());
  }

  @Test
  void the_same_plugin_twice() throws IOException {
    Path copy = Files.copy(good, plugins.resolve("same.zip"));
    assertRefused(copy, "the same as", good.toString());
  }

  @Test
  void contracts_of_another_version() throws IOException {
    Path zip =
        new PluginZip()
            .properties("plugin.id=old", "plugin.version=1.0.0", "plugin.requires=^99.0.0")
            .provider(ModelImporter.class, ContextImporter.Rival.class)
            .write(plugins.resolve("old.zip"));
    assertRefused(zip, "^99.0.0", "SPI");
  }

  @Test
  void a_range_that_holds_is_taken() throws IOException {
    new PluginZip()
        .properties("plugin.id=ranged", "plugin.version=1.0.0", "plugin.requires=>=0.0.1 & <99.0.0")
        .entry("lib/", new byte[0])
        .write(plugins.resolve("ranged.zip"));
    assertThat(registry().plugins().installed()).extracting(InstalledPlugin::id).contains("ranged");
  }

  @Test
  void a_range_that_is_none() throws IOException {
    Path zip =
        new PluginZip()
            .properties("plugin.id=odd", "plugin.version=1.0.0", "plugin.requires=about one")
            .entry("lib/", new byte[0])
            .write(plugins.resolve("odd.zip"));
    assertRefused(zip, "about one");
  }

  @Test
  void contracts_of_no_version() throws IOException {
    Path zip =
        new PluginZip()
            .properties("plugin.id=silent", "plugin.version=1.0.0")
            .provider(ModelImporter.class, ContextImporter.Rival.class)
            .write(plugins.resolve("silent.zip"));
    assertRefused(zip, "plugin.requires=^");
  }

  @Test
  void a_zip_without_a_descriptor() throws IOException {
    Path zip =
        new PluginZip()
            .provider(ModelImporter.class, ContextImporter.Rival.class)
            .write(plugins.resolve("plain.zip"));
    assertRefused(zip, "plugin.properties");
  }

  @Test
  void a_zip_without_jars() throws IOException {
    assertRefused(PluginZip.of("empty").write(plugins.resolve("empty.zip")), "lib");
  }

  @Test
  void a_plugin_that_needs_another_that_is_missing() throws IOException {
    Path zip =
        new PluginZip()
            .properties(
                "plugin.id=needy",
                "plugin.version=1.0.0",
                "plugin.requires=^0.1.0",
                "plugin.dependencies=absent")
            .entry("lib/", new byte[0])
            .write(plugins.resolve("needy.zip"));
    assertRefused(zip, "absent");
  }

  @Test
  void plugins_that_need_each_other_in_a_circle() throws IOException {
    needing("one", "two");
    needing("two", "one");
    Registry registry = registry();
    assertThat(importer(registry).accepts(good)).isTrue();
    assertThat(registry.problems())
        .hasSize(2)
        .allMatch(problem -> problem.contains("in a circle"))
        .anyMatch(problem -> problem.contains("one.zip"))
        .anyMatch(problem -> problem.contains("two.zip"));
  }

  @Test
  void a_plugin_sees_the_classes_of_one_that_it_needs_and_brings_its_own_services_alone()
      throws IOException {
    PluginZip.of("dependent")
        .properties(
            "plugin.id=dependent",
            "plugin.version=1.0.0",
            "plugin.requires=^0.1.0",
            "plugin.dependencies=good")
        .provider(ModelImporter.class, ContextImporter.Other.class)
        .write(plugins.resolve("a-dependent.zip"));
    Registry registry = registry();
    assertThat(registry.problems()).isEmpty();
    assertThat(registry.importers())
        .extracting(ModelImporter::id)
        .containsExactlyInAnyOrder("onnx", "other", "context");
  }

  private void needing(String id, String other) throws IOException {
    new PluginZip()
        .properties(
            "plugin.id=" + id,
            "plugin.version=1.0.0",
            "plugin.requires=^0.1.0",
            "plugin.dependencies=" + other)
        .entry("lib/", new byte[0])
        .write(plugins.resolve(id + ".zip"));
  }

  @Test
  void a_service_that_cannot_introduce_itself() throws IOException {
    Path zip =
        PluginZip.of("broken")
            .type(ContextImporter.class)
            .provider(ModelImporter.class, ContextImporter.Nameless.class)
            .write(plugins.resolve("broken.zip"));
    assertServiceProblem(zip, "no id");
  }

  @Test
  void a_zip_that_is_damaged() throws IOException {
    byte[] bytes = Files.readAllBytes(good);
    Path zip = Files.write(plugins.resolve("half.zip"), java.util.Arrays.copyOf(bytes, 300));
    assertRefused(zip, "damaged");
  }

  @Test
  void a_file_that_is_no_zip() throws IOException {
    assertRefused(Files.writeString(plugins.resolve("text.zip"), "text"), "damaged");
    Files.delete(plugins.resolve("text.zip"));
    assertRefused(Files.createFile(plugins.resolve("empty.zip")), "damaged");
  }

  @Test
  void a_zip_that_would_write_elsewhere() throws IOException {
    Path zip =
        PluginZip.of("slip")
            .entry("lib/../../../../../../slipped.txt", new byte[] {1})
            .write(plugins.resolve("slip.zip"));
    assertRefused(zip, "no plain path");
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files).noneMatch(file -> file.endsWith("slipped.txt"));
    }
  }

  @Test
  void what_is_on_the_allow_list_runs() throws IOException {
    allow(
        plugins.resolve(AllowList.FILE),
        "# ours",
        "",
        sha256(good).toUpperCase(Locale.ROOT) + "  good.zip");
    assertThat(registry().problems()).isEmpty();
    Plugins.load(settings().withAllowed(plugins.resolve(AllowList.FILE)));
  }

  @Test
  void what_is_not_on_the_allow_list_is_not_even_unpacked() throws IOException {
    allow(plugins.resolve(AllowList.FILE), sha256(good));
    Path zip =
        PluginZip.of("stranger")
            .provider(ModelImporter.class, ContextImporter.Rival.class)
            .write(plugins.resolve("stranger.zip"));
    assertRefused(zip, sha256(zip), AllowList.FILE);
    assertThat(folder.resolve("cache/plugins").resolve(sha256(good))).exists();
    assertThat(folder.resolve("cache/plugins").resolve(sha256(zip))).doesNotExist();
  }

  /** What was unpacked before the list was there is refused, too. */
  @Test
  void a_list_elsewhere_holds_as_well() throws IOException {
    assertThat(registry().problems()).isEmpty();
    Path list = folder.resolve("list");
    allow(list, "0".repeat(64) + "  nothing.zip");
    Plugins loaded = Plugins.load(settings().withAllowed(list));
    assertThat(loaded.installed()).isEmpty();
    assertThat(loaded.problems()).singleElement().asString().contains(list.toString());
  }

  @Test
  void a_list_that_cannot_be_understood_allows_nothing() throws IOException {
    allow(plugins.resolve(AllowList.FILE), sha256(good), "good.zip");
    Plugins loaded = Plugins.load(settings());
    assertThat(loaded.installed()).isEmpty();
    assertThat(loaded.problems()).singleElement().asString().contains("line 2");
    assertThat(Plugins.load(settings().withAllowed(folder.resolve("none"))).installed()).isEmpty();
  }

  private static void allow(Path list, String... lines) throws IOException {
    Files.write(list, List.of(lines), StandardCharsets.UTF_8);
  }
}
