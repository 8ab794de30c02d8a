package org.pellucid.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program of the study belongs to no module, and still fits the library. */
class StudyProgramTest {
  @TempDir private Path folder;

  @Test
  void subsets_compiles() throws Exception {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter complaints = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      boolean compiled =
          compiler
              .getTask(
                  complaints,
                  files,
                  null,
                  List.of("-d", folder.toString(), "-cp", System.getProperty("java.class.path")),
                  null,
                  files.getJavaFileObjects(Cli.EXAMPLES.resolve("study").resolve("Subsets.java")))
              .call();
      assertThat(compiled).as(complaints.toString()).isTrue();
    }
  }
}
