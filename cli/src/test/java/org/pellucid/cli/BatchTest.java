package org.pellucid.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pellucid.api.BackendException;
import org.pellucid.api.CancelledException;
import org.pellucid.graph.MalformedInputException;
import picocli.CommandLine;

/** Several images, some of which fail. */
class BatchTest {
  private final StringWriter err = new StringWriter();
  private final CommandLine line = Main.commandLine().setErr(new PrintWriter(err, true));
  private final List<Path> images =
      List.of(Path.of("a/x.png"), Path.of("b/x.jpg"), Path.of("x-2.png"), Path.of("x.png"));

  @Test
  void stems_are_unique_and_do_not_depend_on_failures() {
    List<String> stems = new ArrayList<>();
    int code =
        Batch.run(
            images,
            line,
            (image, stem) -> {
              stems.add(stem);
              throw new MalformedInputException("no image");
            });
    assertThat(stems).containsExactly("x", "x-2", "x-2-2", "x-3");
    assertThat(code).isEqualTo(Failures.MALFORMED);
    assertThat(err.toString().lines())
        .containsExactlyElementsOf(
            images.stream().map(image -> "pellucid: no image (" + image + ")").toList());
  }

  @Test
  void the_first_failure_decides() {
    int code =
        Batch.run(
            images,
            line,
            (image, stem) -> {
              if (stem.equals("x-2")) {
                throw new BackendException("no memory on the device");
              } else if (stem.equals("x-3")) {
                throw new OutOfMemoryError("Java heap space");
              }
            });
    assertThat(code).isEqualTo(Failures.UNAVAILABLE);
    assertThat(err.toString())
        .hasLineCount(2)
        .contains("not enough memory")
        .doesNotContain("Error");
  }

  @Test
  void a_bug_is_said_on_one_line_and_stops_no_other() {
    List<Path> done = new ArrayList<>();
    int code =
        Batch.run(
            images,
            line,
            (image, stem) -> {
              done.add(image);
              if (done.size() == 1) {
                throw new IllegalStateException("a bug\non two lines");
              }
            });
    assertThat(code).isEqualTo(Failures.SOFTWARE);
    assertThat(done).isEqualTo(images);
    assertThat(err.toString()).hasLineCount(1).contains("please report").contains("BatchTest");
  }

  @Test
  void being_interrupted_stops_all() {
    List<Path> begun = new ArrayList<>();
    assertThatThrownBy(
            () ->
                Batch.run(
                    images,
                    line,
                    (image, stem) -> {
                      begun.add(image);
                      throw new CancelledException("cancelled");
                    }))
        .isInstanceOf(CancelledException.class);
    assertThat(begun).hasSize(1);
    assertThat(Failures.exitCode(new CancelledException("cancelled"))).isEqualTo(130);
  }
}
