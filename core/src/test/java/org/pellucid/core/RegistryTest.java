package org.pellucid.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.ModelImporter;

/** Services are found; broken ones are told of and stop nobody. */
class RegistryTest {
  @TempDir private Path directory;

  /** A service that works. */
  public static class Working implements ModelImporter {
    @Override
    public String id() {
      return "test-format";
    }

    @Override
    public boolean accepts(Path file) {
      return false;
    }

    @Override
    public ModelGraph read(Path file, ImportOptions options) {
      throw new IllegalStateException();
    }
  }

  /** Another one of the same id. */
  public static final class Rival extends Working {}

  /** A service that does not start. */
  public static final class Throwing extends Working {
    /** Fails. */
    public Throwing() {
      throw new IllegalStateException("its library is missing");
    }
  }

  private Registry registry(String... services) throws IOException {
    Path file = directory.resolve("META-INF/services/" + ModelImporter.class.getName());
    Files.createDirectories(file.getParent());
    Files.write(file, java.util.List.of(services));
    ClassLoader parent = getClass().getClassLoader();
    return Registry.of(new URLClassLoader(new URL[] {directory.toUri().toURL()}, parent));
  }

  @Test
  void a_broken_service_is_told_of_and_stops_nobody() throws IOException {
    Registry registry =
        registry(Throwing.class.getName(), "org.example.Missing", Working.class.getName());
    assertThat(registry.importers()).extracting(ModelImporter::id).contains("test-format");
    assertThat(registry.problems())
        .anyMatch(problem -> problem.contains("its library is missing"))
        .anyMatch(problem -> problem.contains("org.example.Missing"));
  }

  @Test
  void two_services_of_one_id_are_told_of() throws IOException {
    Registry registry = registry(Working.class.getName(), Rival.class.getName());
    assertThat(registry.problems()).anyMatch(problem -> problem.contains("\"test-format\""));
  }

  @Test
  void a_lookup_that_fails_lists_what_there_is() throws IOException {
    assertThatThrownBy(() -> registry().explainer("grad-kam"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("grad-kam");
    assertThatThrownBy(() -> registry().metric("insertoin"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("No metric is called \"insertoin\"");
    assertThatThrownBy(() -> registry().backend("tpu"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("tpu");
  }
}
