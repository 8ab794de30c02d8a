package org.pellucid.it.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** DJL from the class path and from a plugin; in one JVM, the first has it. */
class DjlLoadersIT {
  private static final Path PLUGINS = Distribution.PLUGINS;
  private static final String RIGHT = "score 54.0";

  private static List<String> use(List<Path> classPath, Object... places)
      throws IOException, InterruptedException {
    return Distribution.java(classPath, DjlLoaders.class, places).orFail().out().lines().toList();
  }

  @Test
  void from_the_class_path() throws Exception {
    assertThat(use(Distribution.wholeClassPath(), "-")).containsExactly(RIGHT);
  }

  @Test
  void from_a_plugin_and_again_as_another_plugin() throws Exception {
    List<String> lines = use(Distribution.packagedClassPath(), PLUGINS, PLUGINS);
    assertThat(lines).hasSize(2).startsWith(RIGHT);
    assertRefused(lines.get(1));
  }

  @Test
  void from_the_class_path_and_then_from_a_plugin() throws Exception {
    List<String> lines = use(Distribution.wholeClassPath(), "-", PLUGINS, "-");
    assertThat(lines).hasSize(3).startsWith(RIGHT).endsWith(RIGHT);
    assertRefused(lines.get(1));
  }

  @Test
  void from_a_plugin_and_then_from_the_class_path() throws Exception {
    List<String> lines = use(Distribution.wholeClassPath(), PLUGINS, "-");
    assertThat(lines).hasSize(2).startsWith(RIGHT);
    assertRefused(lines.get(1));
  }

  private static void assertRefused(String line) {
    assertThat(line)
        .startsWith("refused false ")
        .contains("already loaded by another class loader of this JVM")
        .contains("registry that is shared");
  }
}
